/* The CGI script in C:  cc -O2 -o hello-cgi hello-cgi.c */
#include <stdio.h>

int main(void) {
    fputs("Content-Type: text/plain\r\n\r\nhello\n", stdout);
    return 0;
}
