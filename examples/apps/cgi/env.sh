#!/bin/sh
# The environment that this CGI process was given, sorted. PWD and _ are the shell's additions.
printf 'Content-Type: text/plain\r\n\r\n'
env | LC_ALL=C sort
