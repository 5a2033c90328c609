#!/usr/bin/env bash
# Tries what this folder promises, as root on Debian: the units' syntax and exposure, the proxy's file when nginx
# is installed, and the delivered program in a bare Debian tree, installed as docs/operations.md says.
#
#   deploy/check.sh PROGRAM [TREE]     TREE is made with debootstrap when it is not there, and kept
set -euo pipefail
program=$(realpath "${1:?usage: deploy/check.sh PROGRAM [TREE]}")
tree=${2:-$(mktemp -d)/debian}
cd "$(dirname "$0")"

echo "== units"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for unit in chartrier.service chartrier-web.service chartrier-worker.service chartrier-backup.service; do
    # verify wants the programs to exist; here they need not be installed.
    sed "s|^ExecStart=/usr/bin/chartrier|ExecStart=$program|" "$unit" > "$work/$unit"
done
systemd-analyze verify --man=no "$work"/*.service
for unit in "$work"/*.service; do systemd-analyze security --offline=true "$unit" 2>/dev/null | tail -1; done

if command -v nginx >/dev/null; then
    echo "== proxy"
    openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=test \
        -keyout "$work/privkey.pem" -out "$work/fullchain.pem" 2>/dev/null
    sed "s|/etc/ssl/archives.example.fr|$work|" nginx.conf > "$work/site.conf"
    printf 'pid %s/pid; error_log stderr; events {}\nhttp { access_log off; include %s/site.conf; }\n' "$work" "$work" > "$work/nginx.conf"
    nginx -t -c "$work/nginx.conf"
fi

echo "== bare tree"
if [ ! -e "$tree/usr/bin/dpkg" ]; then
    mkdir -p "$tree"
    debootstrap --variant=minbase bookworm "$tree" >/dev/null
fi
inside() { unshare --mount --pid --fork --kill-child chroot "$tree" /bin/bash -euo pipefail -c "
    mount -t proc proc /proc; mkdir -p /dev/shm; mount -t tmpfs tmpfs /dev/shm; export PATH=/usr/sbin:/usr/bin:/sbin:/bin
    $1"; }
cp /etc/resolv.conf "$tree/etc/resolv.conf"
[ ! -s /etc/apt/sources.list ] && rm -f "$tree/etc/apt/sources.list"
cp -r /etc/apt/sources.list* "$tree/etc/apt/"
install -m 0755 "$program" "$tree/usr/bin/chartrier"
install -D -m 0640 chartrier.env "$tree/etc/chartrier/chartrier.env"

inside '
    export DEBIAN_FRONTEND=noninteractive
    if ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends postgresql-common libssl3 >/dev/null 2>&1
        echo "create_main_cluster = false" >> /etc/postgresql-common/createcluster.conf
        apt-get install -qq -y --no-install-recommends postgresql-15 >/dev/null 2>&1
    fi
    id chartrier >/dev/null 2>&1 || useradd --system --home-dir /var/lib/chartrier --shell /usr/sbin/nologin chartrier
    install -d -o chartrier -g chartrier -m 0750 /var/lib/chartrier
    ldd /usr/bin/chartrier
    chartrier --version'

# One process with its own database, the environment of chartrier.service.
# shellcheck disable=SC2016
inside '
    set -a; . /etc/chartrier/chartrier.env; set +a
    unset CHARTRIER_DATABASE_URL CHARTRIER_STORAGE_SITES
    export CHARTRIER_LISTEN=127.0.0.1:18080 CHARTRIER_METRICS_LISTEN=127.0.0.1:18464
    ask() { exec 3<>/dev/tcp/127.0.0.1/18080 || return 1
            printf "GET %s HTTP/1.0\r\nHost: check\r\n\r\n" "$1" >&3; head -1 <&3; exec 3>&-; }
    for round in first second; do
        started=$(date +%s%N)
        setpriv --reuid chartrier --regid chartrier --clear-groups --no-new-privs --bounding-set=-all \
            chartrier serve --with-worker 2>/tmp/log &
        service=$!
        for _ in $(seq 300); do
            if ask /health/ready 2>/dev/null | grep -q " 200"; then break; fi
            kill -0 $service 2>/dev/null || { cat /tmp/log; exit 1; }
            sleep 0.1
        done
        ask /health/ready; echo "$round start: ready in $(( ($(date +%s%N) - started) / 1000000 )) ms"
        ps=$(cat /proc/[0-9]*/comm 2>/dev/null | sort | uniq -c | tr -s " \n" " "); echo "processes:$ps"
        kill -TERM $service
        wait $service && echo "stopped: exit 0" || { echo "stopped: exit $?"; cat /tmp/log; exit 1; }
        if cat /proc/[0-9]*/comm | grep -q postgres; then echo "the database was left behind"; exit 1; fi
    done
    ls -A /var/lib/chartrier'
echo "== in order"
