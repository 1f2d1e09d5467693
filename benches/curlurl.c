/* What trurl -f FILE --get does of six columns, with nothing around it: a loop over libcurl's URL interface, whose few declarations
 * and numbers are here (curl/urlapi.h), so that its headers need not be installed. */
#define _GNU_SOURCE
#include <stdio.h>

typedef struct Curl_URL CURLU;
CURLU *curl_url(void);
void curl_url_cleanup(CURLU *);
int curl_url_set(CURLU *, int part, const char *text, unsigned flags);
int curl_url_get(CURLU *, int part, char **text, unsigned flags);
void curl_free(void *);

enum { WHOLE = 0, SCHEME = 1, HOST = 5, PORT = 6, PATH = 7, QUERY = 8, FRAGMENT = 9 };
enum { NON_SUPPORT_SCHEME = 1 << 3, URLDECODE = 1 << 6, URLENCODE = 1 << 7, GUESS_SCHEME = 1 << 9 };

int main(int argc, char **argv) {
    static const int columns[] = {SCHEME, HOST, PORT, PATH, QUERY, FRAGMENT};
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    if (!file) {
        return 1;
    }
    while ((length = getline(&line, &room, file)) > 0) {
        CURLU *url = curl_url();
        line[length - 1] = '\0';
        if (!url || curl_url_set(url, WHOLE, line, NON_SUPPORT_SCHEME | URLENCODE | GUESS_SCHEME)) {
            return 1;
        }
        for (int column = 0; column < 6; column++) {
            char *text = NULL;
            if (column) {
                putchar_unlocked('\t');
            }
            if (!curl_url_get(url, columns[column], &text, URLDECODE)) {
                fputs(text, stdout);
                curl_free(text);
            }
        }
        putchar_unlocked('\n');
        curl_url_cleanup(url);
    }
    return 0;
}
