/* The worker of the comparison, with libfcgi:  cc -O2 -o hello hello.c -lfcgi
   It does next to nothing, so that what is measured is the way to it. */
#include <fcgiapp.h>

int main(void) {
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        FCGX_PutS("Content-Type: text/plain\r\n\r\nhello\n", request.out);
        FCGX_Finish_r(&request);
    }
    return 0;
}
