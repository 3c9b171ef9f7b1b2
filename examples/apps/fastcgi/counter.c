/* The counter page, as FastCGI in C with libfcgi (Debian: libfcgi-dev).
   fcgi_stdio.h makes printf and the environment those of the request. */
#include <fcgi_stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* True if the query has a parameter of this name, with or without a value. */
static int query_has(const char *name) {
    const char *query = getenv("QUERY_STRING");
    size_t length = strlen(name);
    while (query && *query) {
        size_t end = strcspn(query, "&");
        if (end >= length && strncmp(query, name, length) == 0 && (end == length || query[length] == '='))
            return 1;
        query += end + (query[end] == '&');
    }
    return 0;
}

static void print_escaped(const char *text) {
    for (; *text; text++) {
        switch (*text) {
        case '&': printf("&amp;"); break;
        case '<': printf("&lt;"); break;
        case '>': printf("&gt;"); break;
        case '"': printf("&quot;"); break;
        default: putchar(*text);
        }
    }
}

int main(void) {
    int count = 0;
    while (FCGI_Accept() >= 0) {
        int pid = getpid(), ppid = getppid();
        const char *script = getenv("SCRIPT_NAME");
        count++;
        if (query_has("plain")) {
            printf("Content-Type: text/plain\r\n\r\npid %d\nppid %d\ncount %d\n", pid, ppid, count);
            continue;
        }
        printf("Content-Type: text/html; charset=utf-8\r\n\r\n"
               "<!DOCTYPE html>\n"
               "<html lang=\"en\">\n"
               "<meta charset=\"utf-8\">\n"
               "<title>counter: FastCGI, C</title>\n"
               "<style>\n"
               "body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }\n"
               "th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }\n"
               "td { font-family: monospace }\n"
               "</style>\n"
               "<h1>%d</h1>\n"
               "<table>\n"
               "<tr><th>Language<td>C, FastCGI (libfcgi)\n"
               "<tr><th>Script<td>", count);
        print_escaped(script ? script : "");
        printf("\n"
               "<tr><th>Process<td>%d\n"
               "<tr><th>Parent process<td>%d\n"
               "<tr><th>Requests answered by this process<td>%d\n"
               "</table>\n"
               "<p>A persistent process: the same few process ids come back, and each counts on.\n",
               pid, ppid, count);
    }
    return 0;
}
