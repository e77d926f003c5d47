#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run a command in a network namespace of its own, where there is only loopback: nothing gets out, and no port of this
# machine is taken. Without root, a user namespace gives the rights over that network.
#
#   isolate.sh COMMAND...        isolate.sh true: may it be done here?
set -eu
user=$([ "$(id -u)" -eq 0 ] || echo --map-current-user --keep-caps)
# shellcheck disable=SC2086 # a list on purpose
exec unshare $user --net sh -c 'ip link set lo up && exec "$@"' isolate "$@"
