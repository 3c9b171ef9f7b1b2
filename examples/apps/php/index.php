<?php
// A first PHP page: where the request went, and what PATH_INFO is.
$e = fn(?string $text): string => htmlspecialchars($text ?? '', ENT_QUOTES | ENT_SUBSTITUTE);
$base = rtrim(dirname($_SERVER['SCRIPT_NAME'] ?? '/'), '/');
header('Content-Type: text/html; charset=utf-8');
?>
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>PHP</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }
th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }
td { font-family: monospace }
</style>
<h1>PHP <?= $e(PHP_VERSION) ?></h1>
<table>
<tr><th>Script<td><?= $e($_SERVER['SCRIPT_NAME'] ?? '') ?>

<tr><th>PATH_INFO<td><?= $e($_SERVER['PATH_INFO'] ?? '') ?: '(none)' ?>

<tr><th>Query<td><?= $e($_SERVER['QUERY_STRING'] ?? '') ?: '(none)' ?>

<tr><th>Interface<td><?= $e(PHP_SAPI) ?>

</table>
<p><a href="<?= $e($base) ?>/counter.php">The counter</a>, and
<a href="<?= $e($base) ?>/index.php/what/ever?a=b">this page with a path behind its name</a>.
