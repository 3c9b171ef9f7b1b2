/* The worker for bodies and for service time, with libfcgi:  cc -O2 -o transfer transfer.c -lfcgi
   A request with a body gets it back, after all of it was read. Else the query string decides: size=BYTES is how long
   the answer is, sleep=MILLISECONDS how long the request takes without needing a processor. */
#include <fcgiapp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 2 << 20 };

static long number(const char *query, const char *name) {
    const char *found = query ? strstr(query, name) : NULL;
    return found ? atol(found + strlen(name)) : -1;
}

int main(void) {
    static char pattern[MOST], body[MOST];
    FCGX_Request request;
    for (size_t i = 0; i < MOST; i++)
        pattern[i] = "0123456789abcde\n"[i % 16];
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        const char *query = FCGX_GetParam("QUERY_STRING", request.envp);
        const char *length = FCGX_GetParam("CONTENT_LENGTH", request.envp);
        long size = number(query, "size="), pause = number(query, "sleep="), sent = length ? atol(length) : 0;
        const char *answer = size < 0 ? "hello\n" : pattern;
        if (sent > 0) {
            answer = body;
            size = FCGX_GetStr(body, sent < MOST ? sent : MOST, request.in);
        } else if (size < 0) {
            size = 6;
        }
        if (pause > 0)
            usleep(pause * 1000);
        FCGX_FPrintF(request.out, "Content-Type: text/plain\r\nContent-Length: %ld\r\n\r\n", size);
        FCGX_PutStr(answer, size < MOST ? size : MOST, request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
