#!/bin/sh
# The first steps of `make run`, before there is Python: checks the machine, installs Debian packages, makes the
# Python environment, and prints its path. Every step looks first at what is there, so it may be run again at any time.
#
#   run/bootstrap.sh [test | found]     test: also what tests and benchmarks need; found: installs nothing
set -eu

here=$(cd "$(dirname "$0")/.." && pwd)
data=${HOLOS_DATA:-/var/lib/holos}
kind=${1:-product}
software=${HOLOS_SOFTWARE:-$(sed -n 's/^HOLOS_SOFTWARE=//p' "$data/holos.env" 2>/dev/null || true)}
software=${software:-/var/lib/holos/software}

fail() {
    printf '\nHolos cannot be installed: %s\n' "$1" >&2
    exit 1
}

begin() {
    began=$(date +%s)
    printf '%-62s' "$1" >&2
}

done_() {
    printf '%s (%s s)\n' "$1" $(($(date +%s) - began)) >&2
}

[ "$(uname -s)" = Linux ] || fail "it runs on Linux (Debian 12); this is $(uname -s)."
command -v apt-get >/dev/null && command -v dpkg-query >/dev/null ||
    fail "it needs Debian 12 or a system made from it: there is no apt-get here. compose.yaml runs it in containers."
[ "$(id -u)" = 0 ] ||
    fail "it needs root (you are $(id -un)): it installs Debian packages and makes the users its processes run as,
none of which is root. Use: sudo make run"

if [ "$kind" = found ]; then
    for complete in "$software/python-$(sha256sum "$here/requirements.lock" | cut -c 1-12)/complete" \
        $(ls -t "$software"/python-*/complete 2>/dev/null); do
        [ -e "$complete" ] && echo "${complete%complete}bin/python" && exit 0
    done
    printf 'Holos is not installed here (%s). Use: make run\n' "$software" >&2
    exit 1
fi

mkdir -p "$software"
exec 9>"$software/.lock"
flock -n 9 || {
    echo "Another make of Holos is installing; waiting for it." >&2
    flock 9
}

# --- Debian packages -------------------------------------------------------------------------------------------------
begin "Debian packages"
lists="$here/run/packages.txt"
[ "$kind" = test ] && lists="$lists $here/run/packages-test.txt"
# shellcheck disable=SC2086
wanted=$(sed -e 's/#.*//' -e 's/ .*//' $lists | grep .)
missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    log=$(mktemp)
    policy=/usr/sbin/policy-rc.d
    # Our PostgreSQL and Redis are started by us, with our data: the packages' own services must not take the ports.
    if [ ! -e $policy ] || grep -q "by holos" $policy; then
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
        trap 'exit 130' INT TERM
        printf '#!/bin/sh\n# Written by holos while it installs packages.\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    {
        dpkg --configure -a && apt-get update -q
    } >"$log" 2>&1 && apt-get install -q -y --no-install-recommends \
        -o Dpkg::Options::=--force-confold -o Dpkg::Lock::Timeout=300 $missing >>"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "apt-get could not install$missing (its whole log: $log)"
    }
    rm -f "$log"
    done_ "installed:$missing"
else
    done_ "were there"
fi

# --- Python environment ----------------------------------------------------------------------------------------------
/usr/bin/python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "it needs Python 3.11 or later; /usr/bin/python3 is $(/usr/bin/python3 -V 2>&1)."
lock="$here/requirements.lock"
[ "$kind" = test ] && lock="$here/requirements-test.lock"
environment="$software/python-$(sha256sum "$lock" | cut -c 1-12)"
begin "Python environment"
if [ -e "$environment/complete" ]; then
    done_ "was there"
else
    rm -rf "$environment"
    log=$(mktemp)
    {
        /usr/bin/python3 -m venv "$environment" &&
            "$environment/bin/pip" install --disable-pip-version-check --no-input --no-deps --require-hashes -r "$lock"
    } >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        fail "pip could not install $lock (its whole log: $log)"
    }
    rm -f "$log"
    touch "$environment/complete"
    done_ "made"
fi
echo "$environment/bin/python"
