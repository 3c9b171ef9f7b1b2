/* A FastCGI application for tests and benchmarks, with libfcgi:
       cc -O2 -o testapp testapp.c -lfcgi
   The last segment of the path names the behaviour: echo, size (?n=BYTES); all else is hello. */
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>

static const char *param(FCGX_Request *request, const char *name) {
    const char *value = FCGX_GetParam(name, request->envp);
    return value ? value : "";
}

static void echo(FCGX_Request *request) {
    char piece[65536];
    int size;
    FCGX_PutS("Content-Type: application/octet-stream\r\n\r\n", request->out);
    while ((size = FCGX_GetStr(piece, sizeof piece, request->in)) > 0)
        FCGX_PutStr(piece, size, request->out);
}

/* Byte number i is i % 251. */
static void size(FCGX_Request *request) {
    static char pattern[251 * 256];
    const char *n = strstr(param(request, "QUERY_STRING"), "n=");
    long left = n ? atol(n + 2) : 0;
    for (size_t i = 0; i < sizeof pattern; i++)
        pattern[i] = (char)(i % 251);
    FCGX_PutS("Content-Type: application/octet-stream\r\n\r\n", request->out);
    for (; left > 0; left -= (long)sizeof pattern)
        FCGX_PutStr(pattern, left < (long)sizeof pattern ? (int)left : (int)sizeof pattern, request->out);
}

int main(void) {
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        const char *path = param(&request, "PATH_INFO");
        if (!*path)
            path = param(&request, "SCRIPT_NAME");
        path = strrchr(path, '/') ? strrchr(path, '/') : "";
        if (strcmp(path, "/echo") == 0)
            echo(&request);
        else if (strcmp(path, "/size") == 0)
            size(&request);
        else
            FCGX_PutS("Content-Type: text/plain\r\n\r\nhello\n", request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
