/* The environment that this CGI process was given, sorted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int main(void) {
    size_t count = 0;
    while (environ[count])
        count++;
    qsort(environ, count, sizeof *environ, by_bytes);
    printf("Content-Type: text/plain\r\n\r\n");
    for (size_t i = 0; i < count; i++)
        puts(environ[i]);
    return 0;
}
