<?php
// What PHP received: size and SHA-256 of the body, or of each file of a form.
header('Content-Type: text/plain');
if ($_FILES === []) {
    $hash = hash_init('sha256');
    $body = fopen('php://input', 'rb');
    $size = hash_update_stream($hash, $body);
    echo "$size ", hash_final($hash), "\n";
}
foreach ($_FILES as $field => $file) {
    if (is_array($file['error'])) {
        echo "$field: one file a field, please\n";
    } elseif ($file['error'] !== UPLOAD_ERR_OK) {
        echo "$field: error {$file['error']}\n";    // 1: larger than upload_max_filesize
    } else {
        echo "$field: {$file['size']} ", hash_file('sha256', $file['tmp_name']), "\n";
    }
}
