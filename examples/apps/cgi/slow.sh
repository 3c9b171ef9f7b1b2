#!/bin/sh
# Five lines, one a second: they should arrive one by one (curl -N), not all at the end.
# X-Accel-Buffering is for nginx, which gathers a response otherwise.
printf 'Content-Type: text/plain\r\nX-Accel-Buffering: no\r\n\r\n'
for line in 1 2 3 4 5; do
    [ "$line" = 1 ] || sleep 1
    echo "line $line of 5"
done
