#!/bin/sh
# Location with a URL sends the browser there; ?local gives a path only, which the server follows
# by itself (RFC 3875, 6.2.2), so that the browser sees /…/hello.sh under this address.
path=${SCRIPT_NAME%/*}/hello.sh?name=redirected
case "&${QUERY_STRING-}&" in
*"&local&"*) printf 'Location: %s\r\n\r\n' "$path" ;;
*)
    scheme=http
    [ "${HTTPS:-off}" = off ] || scheme=https
    host=${HTTP_HOST:-$SERVER_NAME:$SERVER_PORT}
    printf 'Location: %s://%s%s\r\n\r\n' "$scheme" "$host" "$path" ;;
esac
