#!/bin/sh
# Answers with the status of ?code=, 200 to 599.
code=${QUERY_STRING-}
code=${code#code=}
case $code in
204 | 304) printf 'Status: %s As You Asked\r\n\r\n' "$code" ;;
[2-5][0-9][0-9])
    printf 'Status: %s As You Asked\r\nContent-Type: text/plain\r\n\r\n' "$code"
    echo "status $code" ;;
*)
    printf 'Status: 400 Bad Request\r\nContent-Type: text/plain\r\n\r\n'
    echo 'Give a status, such as ?code=404' ;;
esac
