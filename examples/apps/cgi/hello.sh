#!/bin/sh
# The hello page, as CGI in sh: a new process for every request, ended with it.

escape() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'; }

# %XX and + undone, without a program outside the shell.
decode() {
    rest=$1
    while [ -n "$rest" ]; do
        plain=${rest%%[%+]*}
        printf '%s' "$plain"
        rest=${rest#"$plain"}
        case $rest in
        +*) printf ' '; rest=${rest#+} ;;
        %[0-9A-Fa-f][0-9A-Fa-f]*)
            tail=${rest#???}
            hex=${rest%"$tail"}
            [ "$hex" = %00 ] || printf "\\$(printf '%03o' "0x${hex#%}")"
            rest=$tail ;;
        %*) printf '%%'; rest=${rest#%} ;;
        esac
    done
}

case "&${QUERY_STRING-}&" in
*"&plain&"* | *"&plain="*)
    printf 'Content-Type: text/plain\r\n\r\npid %d\nppid %d\ncount 1\n' "$$" "$PPID"
    exit ;;
esac

name=world
case "&${QUERY_STRING-}" in
*"&name="*)
    value="&$QUERY_STRING"
    value=${value#*"&name="}
    name=$(decode "${value%%"&"*}") ;;
esac

printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>hello: CGI, sh</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 36em; margin: 3em auto; padding: 0 1em }
th { text-align: left; font-weight: normal; color: #555; padding-right: 2em }
td { font-family: monospace }
</style>
<h1>Hello, $(printf '%s' "$name" | escape)</h1>
<table>
<tr><th>Language<td>sh, CGI
<tr><th>Script<td>$(printf '%s' "${SCRIPT_NAME-}" | escape)
<tr><th>Process<td>$$
<tr><th>Parent process<td>$PPID
<tr><th>Requests answered by this process<td>1
</table>
<p>A process for this request alone: the next has another process id, and the count stays 1.
PAGE
