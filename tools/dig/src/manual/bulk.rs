//! The man page on `-f`.

pub(super) const SECTION: (&str, &str) = (
    "Batch files",
    "\
`-f FILE` asks for the names of the command line first, then for what each line of the file says; `-f -` reads standard
input, and answers each line as it comes. A line is a command line: names, types, `@SERVER` and options, on top of what
the command line said. What dig holds once for the whole run (`+short`, `+yaml`, `+split`, `+cmd`, `-p`, `-b`, `+timeout`) stays
for the lines behind it, the rest ends with its line. The first line is read before anything is asked: what it says of the
whole run holds for the names of the command line too, and `-k`, `-y` and `+domain` count there and not further down. As in dig, lines that start with `#` or `;` and empty lines are passed over in
front of the first line only; behind it they are names like others. Of a line 13 words count, what is longer
than 1023 octets goes on as a line of its own, and `+tcp` in it has no effect. A line with a server that has no
address is skipped. A name or an option that dig refuses ends the run there.

Up to 64 lookups are under way at once, or N with `+parallel=N`; with `+parallel=1` the next begins when the last one is
done. What is printed is the same: it comes in the order of the file. With `+bulk` it comes in the order of the answers.
A server that is silent is asked again like any other, and holds up no other lookup; in the order of the file, lookups go on
until 16 MiB of text wait for it. Queries share a few sockets, whose ports are random and change; ids are random. Whatever
is more than a plain answer over UDP becomes a lookup by itself, 64 of which run at once; what it prints is held until its turn.
Of one that has more to say than 4 MiB, as a zone transfer may, nothing is held: at its turn it is asked again and shown as it comes. Of more than 100 lookups at once further ones begin as answers come, and fewer after a loss.

The exit status is that of the last lookup of the file. While standard error is a terminal and standard output is none, a
line shows how far it has come. An interrupted run ends with status 130 and all answers that were there.",
);
