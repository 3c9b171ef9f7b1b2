#!/usr/bin/env perl
# The hello page, as CGI in Perl: a new process for every request, ended with it.
use strict;
use warnings;

my $query = $ENV{QUERY_STRING} // '';
my ($pid, $ppid) = ($$, getppid());

if ($query =~ /(^|&)plain(=|&|$)/) {
    print "Content-Type: text/plain\r\n\r\npid $pid\nppid $ppid\ncount 1\n";
    exit;
}

sub escape {
    my ($text) = @_;
    my %entity = ('&' => 'amp', '<' => 'lt', '>' => 'gt', '"' => 'quot');
    $text =~ s/([&<>"])/&$entity{$1};/g;
    return $text;
}

my $name = $query =~ /(?:^|&)name=([^&]*)/ ? $1 : 'world';
$name =~ tr/+/ /;
$name =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ge;
$name = escape($name);
my $script = escape($ENV{SCRIPT_NAME} // '');

print "Content-Type: text/html; charset=utf-8\r\n\r\n", <<"PAGE";
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>hello: CGI, Perl</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }
th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }
td { font-family: monospace }
</style>
<h1>Hello, $name</h1>
<table>
<tr><th>Language<td>Perl, CGI
<tr><th>Script<td>$script
<tr><th>Process<td>$pid
<tr><th>Parent process<td>$ppid
<tr><th>Requests answered by this process<td>1
</table>
<p>A process for this request alone: the next has another process id, and the count stays 1.
PAGE
