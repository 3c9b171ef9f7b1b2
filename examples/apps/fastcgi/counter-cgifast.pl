#!/usr/bin/env perl
# The counter page with CGI::Fast (Debian: libcgi-fast-perl): a CGI.pm script, in a loop.
use strict;
use warnings;

eval { require CGI::Fast; 1 } or die "the Perl module CGI::Fast is missing (Debian: apt install libcgi-fast-perl)\n";

my $count = 0;

while (my $cgi = CGI::Fast->new) {
    $count++;
    my ($pid, $ppid) = ($$, getppid());
    if (($ENV{QUERY_STRING} // '') =~ /(^|&)plain(=|&|$)/) {
        print $cgi->header('text/plain'), "pid $pid\nppid $ppid\ncount $count\n";
        next;
    }
    my $script = $cgi->escapeHTML($ENV{SCRIPT_NAME} // '');
    print $cgi->header(-type => 'text/html', -charset => 'utf-8'), <<"PAGE";
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
<tr><th>Language<td>Perl, FastCGI (CGI::Fast)
<tr><th>Script<td>$script
<tr><th>Process<td>$pid
<tr><th>Parent process<td>$ppid
<tr><th>Requests answered by this process<td>$count
</table>
<p>A persistent process: the same few process ids come back, and each counts on.
PAGE
}
