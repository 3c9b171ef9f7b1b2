/* The hello page, as CGI in C: a new process for every request, ended with it. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The value of the query parameter `name`, up to the next '&'; "" if it has none, NULL if it is
   not there. */
static const char *query_value(const char *name) {
    const char *query = getenv("QUERY_STRING");
    size_t length = strlen(name);
    while (query && *query) {
        size_t end = strcspn(query, "&");
        if (end >= length && strncmp(query, name, length) == 0) {
            if (query[length] == '=')
                return query + length + 1;
            if (end == length)
                return "";
        }
        query += end + (query[end] == '&');
    }
    return NULL;
}

static void put_escaped(int c) {
    switch (c) {
    case '&': fputs("&amp;", stdout); break;
    case '<': fputs("&lt;", stdout); break;
    case '>': fputs("&gt;", stdout); break;
    case '"': fputs("&quot;", stdout); break;
    default: putchar(c);
    }
}

static void put_decoded(const char *value) {
    while (*value && *value != '&') {
        if (*value == '%' && isxdigit((unsigned char)value[1]) && isxdigit((unsigned char)value[2])) {
            char hex[3] = {value[1], value[2], 0};
            put_escaped((int)strtol(hex, NULL, 16));
            value += 3;
        } else {
            put_escaped(*value == '+' ? ' ' : *value);
            value++;
        }
    }
}

int main(void) {
    int pid = getpid(), ppid = getppid();
    const char *name = query_value("name"), *script = getenv("SCRIPT_NAME");
    if (query_value("plain")) {
        printf("Content-Type: text/plain\r\n\r\npid %d\nppid %d\ncount 1\n", pid, ppid);
        return 0;
    }
    printf("Content-Type: text/html; charset=utf-8\r\n\r\n"
           "<!DOCTYPE html>\n"
           "<html lang=\"en\">\n"
           "<meta charset=\"utf-8\">\n"
           "<title>hello: CGI, C</title>\n"
           "<style>\n"
           "body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }\n"
           "th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }\n"
           "td { font-family: monospace }\n"
           "</style>\n"
           "<h1>Hello, ");
    put_decoded(name ? name : "world");
    printf("</h1>\n"
           "<table>\n"
           "<tr><th>Language<td>C, CGI\n"
           "<tr><th>Script<td>");
    for (; script && *script; script++)
        put_escaped(*script);
    printf("\n"
           "<tr><th>Process<td>%d\n"
           "<tr><th>Parent process<td>%d\n"
           "<tr><th>Requests answered by this process<td>1\n"
           "</table>\n"
           "<p>A process for this request alone: the next has another process id, and the count stays 1.\n",
           pid, ppid);
    return 0;
}
