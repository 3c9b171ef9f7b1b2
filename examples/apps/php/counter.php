<?php
// The counter page in PHP. The process persists, but PHP empties its variables after each
// request; so the count is in a file, named after the process and the moment it started.

/** Process id, parent process id and start time, from /proc/self/stat. */
function process(): array
{
    $stat = file_get_contents('/proc/self/stat');
    $fields = explode(' ', substr($stat, strrpos($stat, ')') + 2));    // the name may hold spaces
    return [getmypid(), (int) $fields[1], $fields[19]];
}

/** Adds one to the count of this process; the first call clears away what the dead have left. */
function count_up(int $pid, string $start): int
{
    $dir = sys_get_temp_dir() . '/gatepool-counter-' . fileowner('/proc/self');
    if (!@mkdir($dir, 0700) && (is_link($dir) || fileowner($dir) !== fileowner('/proc/self'))) {
        throw new RuntimeException("$dir belongs to somebody else");
    }
    $file = "$dir/$pid-$start";
    $count = is_file($file) ? (int) file_get_contents($file) + 1 : 1;
    file_put_contents($file, $count);
    if ($count === 1) {
        foreach (glob("$dir/*-*") as $other) {
            $owner = (int) basename($other);
            if ($other !== $file && ($owner === $pid || !file_exists("/proc/$owner"))) {
                @unlink($other);
            }
        }
    }
    return $count;
}

[$pid, $ppid, $start] = process();
$count = count_up($pid, $start);

if (preg_match('/(^|&)plain(=|&|$)/', $_SERVER['QUERY_STRING'] ?? '')) {
    header('Content-Type: text/plain');
    exit("pid $pid\nppid $ppid\ncount $count\n");
}
header('Content-Type: text/html; charset=utf-8');
?>
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>counter: FastCGI, PHP</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }
th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }
td { font-family: monospace }
</style>
<h1><?= $count ?></h1>
<table>
<tr><th>Language<td>PHP, FastCGI (php-cgi)
<tr><th>Script<td><?= htmlspecialchars($_SERVER['SCRIPT_NAME'] ?? '', ENT_QUOTES | ENT_SUBSTITUTE) ?>

<tr><th>Process<td><?= $pid ?>

<tr><th>Parent process<td><?= $ppid ?>

<tr><th>Requests answered by this process<td><?= $count ?>

</table>
<p>A persistent process: the same few process ids come back, and each counts on (in a file, since
PHP forgets its variables after each request).
