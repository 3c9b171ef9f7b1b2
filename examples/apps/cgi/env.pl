#!/usr/bin/env perl
# The environment that this CGI process was given, sorted.
use strict;
use warnings;

print "Content-Type: text/plain\r\n\r\n";
print sort map { "$_=$ENV{$_}\n" } keys %ENV;
