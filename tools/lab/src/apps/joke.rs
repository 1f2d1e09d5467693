//! The client of a knock-knock joke: what it answers to each line of the server.

/// Whether the conversation goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// This is said.
    Say(String),
    /// Nothing is said; the server goes on.
    Listen,
    /// It is over.
    Over,
}

/// Somebody who hears jokes.
#[derive(Clone, Debug)]
pub struct Listener {
    /// How many more are wanted after this one.
    more: u32,
    /// The question has been asked: the next line is a name.
    asked: bool,
    /// The name has been repeated: the next line is the joke.
    heard_name: bool,
}

impl Listener {
    /// Somebody who wants to hear `jokes`, at least one.
    pub fn new(jokes: u32) -> Self {
        Self { more: jokes.saturating_sub(1), asked: false, heard_name: false }
    }

    /// What is said to a line.
    pub fn hear(&mut self, line: &str) -> Reply {
        let line = line.trim_end();
        if line == "Bye." {
            return Reply::Over;
        }
        if line.ends_with("Knock! Knock!") {
            self.asked = true;
            self.heard_name = false;
            return Reply::Say("Who's there?".to_owned());
        }
        if self.heard_name {
            let again = self.more > 0;
            self.more = self.more.saturating_sub(1);
            return Reply::Say(if again { "y" } else { "n" }.to_owned());
        }
        if self.asked {
            self.heard_name = true;
            return Reply::Say(format!("{line} who?"));
        }
        Reply::Listen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_joke_is_heard_to_its_end_and_again_if_wanted() {
        let mut listener = Listener::new(2);
        let say = |text: &str| Reply::Say(text.to_owned());
        assert_eq!(listener.hear("Welcome"), Reply::Listen);
        for (_, again) in [(1, "y"), (2, "n")] {
            assert_eq!(listener.hear("Knock! Knock!\n"), say("Who's there?"));
            assert_eq!(listener.hear("Lettuce\r\n"), say("Lettuce who?"));
            assert_eq!(listener.hear("Lettuce in! Want another? (y/n)\n"), say(again));
        }
        assert_eq!(listener.hear("Bye.\n"), Reply::Over);
    }
}
