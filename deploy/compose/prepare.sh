#!/bin/sh
# Makes secrets, certificates and a token below STATE (/var/lib/rcs), where they are missing: a directory, and so a volume, for
# each container, with what that one needs and no more. Runs again without harm.
set -eu

state=${1:-/var/lib/rcs}
recordings=${2:-/recordings}
program=${RCS_PROGRAM:-/opt/recording-crypto-server/bin/recording-crypto-server}
umask 077

# secret NAME CONTAINER...: the same secret for each of them.
secret() {
    name=$1
    shift
    [ -s "$state/prepare/$name" ] || node -e 'process.stdout.write(require("node:crypto").randomBytes(24).toString("base64url"))' \
        >"$state/prepare/$name"
    for container in "$@"; do
        mkdir -p "$state/$container/secrets"
        cp "$state/prepare/$name" "$state/$container/secrets/$name"
    done
}

# identity CONTAINER ROLE...: certificates and keys of these roles, and the certificate of their authority.
identity() {
    container=$1
    shift
    mkdir -p "$state/$container/internal-tls"
    cp "$state/prepare/internal-tls/ca.pem" "$state/$container/internal-tls/"
    for role in "$@"; do
        cp "$state/prepare/internal-tls/$role.pem" "$state/prepare/internal-tls/$role.key" "$state/$container/internal-tls/"
    done
}

mkdir -p "$state/prepare" "$state/key-vault/token/tokens" "$state/webdav"
# Gateways reach workers in it, and nobody else.
mkdir -p "$state/worker-sockets"
chmod 0700 "$state/worker-sockets"
secret redis redis playback-gateway decrypt-worker
secret webdav playback-gateway decrypt-worker
secret postgresql postgresql playback-gateway rcsctl
secret ops playback-gateway
secret token-pin key-vault
secret token-so-pin

# htpasswd's SHA-1 form; Apache reads it without any program of its own.
node -e 'const { createHash } = require("node:crypto"), { readFileSync } = require("node:fs");
const digest = createHash("sha1").update(readFileSync(process.argv[1])).digest("base64");
process.stdout.write(`rcs:{SHA}${digest}\n`);' "$state/prepare/webdav" >"$state/webdav/htpasswd"

"$program" rcsctl internal-tls --directory "$state/prepare/internal-tls" --dns-name localhost
identity playback-gateway playback-gateway public-server
identity decrypt-worker decrypt-worker
identity key-vault key-vault
identity rcsctl rcsctl

token="$state/key-vault/token"
if [ ! -s "$token/softhsm2.conf" ]; then
    printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$token/tokens" >"$token/softhsm2.new"
    SOFTHSM2_CONF="$token/softhsm2.new" softhsm2-util --init-token --free --label recordings \
        --pin "$(cat "$state/prepare/token-pin")" --so-pin "$(cat "$state/prepare/token-so-pin")"
    mv "$token/softhsm2.new" "$token/softhsm2.conf"
fi

# The services run as 65532, Redis and PostgreSQL as 999 of their images, and Apache reads as root.
if [ "$(id -u)" = 0 ]; then
    for container in playback-gateway decrypt-worker key-vault rcsctl worker-sockets; do chown -R 65532:65532 "$state/$container"; done
    for container in redis postgresql; do chown -R 999:999 "$state/$container"; done
    # Apache's children write recordings, and read who may, as www-data of its image.
    chown -R 33:33 "$state/webdav"
    if [ -d "$recordings" ]; then chown 33:33 "$recordings"; fi
fi
