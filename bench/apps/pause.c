/* A worker that is busy for a known time, without needing a processor:  cc -O2 -o pause pause.c -lfcgi
   ./pause MILLISECONDS */
#include <fcgiapp.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    useconds_t pause = (argc > 1 ? atoi(argv[1]) : 0) * 1000;
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        usleep(pause);
        FCGX_PutS("Content-Type: text/plain\r\n\r\nhello\n", request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
