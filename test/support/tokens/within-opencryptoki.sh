#!/bin/sh
# within-opencryptoki.sh DIRECTORY COMMAND...
#
# Runs the command where opencryptoki finds all that it has below the directory: its paths are compiled in, so they are
# mounted over, in a mount and IPC namespace of the command's own (unshare --mount --ipc). Its daemon runs as long as the
# command does. Nothing of this machine's own opencryptoki is touched.
set -e
directory=$1
shift
# The socket of the daemon, its locks, and the state that processes share.
mount -t tmpfs run /run
mount -t tmpfs shm /dev/shm
# Which keys count as how strong: later versions do not start without it.
[ ! -e /etc/opencryptoki/strength.conf ] || cp -p /etc/opencryptoki/strength.conf "$directory/etc/"
mount --bind "$directory/etc" /etc/opencryptoki
mount --bind "$directory/lib" /var/lib/opencryptoki
for token in '' /swtok /second; do
  mkdir -p "/run/lock/opencryptoki$token"
  chgrp pkcs11 "/run/lock/opencryptoki$token"
  chmod 770 "/run/lock/opencryptoki$token"
done
# In later versions the daemon has an account, and its socket a directory.
if id pkcsslotd >/dev/null 2>&1; then
  install -d -o pkcsslotd -g pkcs11 -m 710 /run/opencryptoki
fi
# Its parent is this process, which becomes the command.
setpriv --pdeathsig TERM pkcsslotd -f >&2 &
tries=0
until [ -S /run/pkcsslotd.socket ] || [ -S /run/opencryptoki/pkcsslotd.socket ]; do
  tries=$((tries + 1))
  [ $tries -lt 200 ] || { echo 'pkcsslotd did not start' >&2; exit 1; }
  sleep 0.05
done
exec "$@"
