#!/usr/bin/env perl
# The counter page, as FastCGI in Perl with the FCGI module (Debian: libfcgi-perl).
use strict;
use warnings;

eval { require FCGI; 1 } or die "the Perl module FCGI is missing (Debian: apt install libfcgi-perl)\n";

my $count   = 0;
my $request = FCGI::Request();    # descriptor 0; STDIN, STDOUT, STDERR and %ENV are the request's

while ($request->Accept() >= 0) {
    $count++;
    my ($pid, $ppid) = ($$, getppid());
    if (($ENV{QUERY_STRING} // '') =~ /(^|&)plain(=|&|$)/) {
        print "Content-Type: text/plain\r\n\r\npid $pid\nppid $ppid\ncount $count\n";
        next;
    }
    my $script = $ENV{SCRIPT_NAME} // '';
    my %entity = ('&' => 'amp', '<' => 'lt', '>' => 'gt', '"' => 'quot');
    $script =~ s/([&<>"])/&$entity{$1};/g;
    print <<"PAGE";
Content-Type: text/html; charset=utf-8

<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>counter: FastCGI, Perl</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }
th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }
td { font-family: monospace }
</style>
<h1>$count</h1>
<table>
<tr><th>Language<td>Perl, FastCGI (FCGI.pm)
<tr><th>Script<td>$script
<tr><th>Process<td>$pid
<tr><th>Parent process<td>$ppid
<tr><th>Requests answered by this process<td>$count
</table>
<p>A persistent process: the same few process ids come back, and each counts on.
PAGE
}
