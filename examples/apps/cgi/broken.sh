#!/bin/sh
# No header lines and no empty line: what every newcomer writes first, and a 502.
echo '<html>'
echo '<p>The header block is missing.'
