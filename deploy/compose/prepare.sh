#!/bin/sh
# Makes secrets, certificates and a token below STATE (/var/lib/rcs), where they are missing. Runs again without harm.
set -eu

state=${1:-/var/lib/rcs}
recordings=${2:-/recordings}
program=${RCS_PROGRAM:-/opt/recording-crypto-server/bin/recording-crypto-server}
umask 077
mkdir -p "$state/secrets" "$state/store" "$state/key-vault" "$state/token/tokens"

for name in redis webdav ops token-pin token-so-pin; do
    [ -s "$state/secrets/$name" ] || node -e 'process.stdout.write(require("node:crypto").randomBytes(24).toString("base64url"))' \
        >"$state/secrets/$name"
done

# htpasswd's SHA-1 form; Apache reads it without any program of its own.
node -e 'const { createHash } = require("node:crypto"), { readFileSync } = require("node:fs");
const digest = createHash("sha1").update(readFileSync(process.argv[1])).digest("base64");
process.stdout.write(`rcs:{SHA}${digest}\n`);' "$state/secrets/webdav" >"$state/webdav.htpasswd"

"$program" rcsctl internal-tls --directory "$state/internal-tls" --dns-name localhost

if [ ! -s "$state/token/softhsm2.conf" ]; then
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$state/token/tokens" \
        >"$state/token/softhsm2.new"
    SOFTHSM2_CONF="$state/token/softhsm2.new" softhsm2-util --init-token --free --label recordings \
        --pin "$(cat "$state/secrets/token-pin")" --so-pin "$(cat "$state/secrets/token-so-pin")"
    mv "$state/token/softhsm2.new" "$state/token/softhsm2.conf"
fi

# The services run as 65532; Redis and Apache read their own secret as somebody else.
if [ "$(id -u)" = 0 ]; then
    chown -R 65532:65532 "$state/store" "$state/key-vault" "$state/token" "$state/internal-tls" "$state/secrets"
    chmod 711 "$state" "$state/secrets"
    chmod 444 "$state/secrets/redis" "$state/webdav.htpasswd"
    # Apache's children write recordings as www-data of its image.
    if [ -d "$recordings" ]; then chown 33:33 "$recordings"; fi
fi
