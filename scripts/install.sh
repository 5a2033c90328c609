#!/usr/bin/env bash
# Installs what the machine lacks to build and run (`demo`), to test (`test`), to measure (`bench`) and to have archives judged by
# others (`validators`). Does nothing, fast, when
# nothing is missing. Without the right to install, says what to install and stops.
set -euo pipefail

goal=${1:-test}
postgresql_min=15

has() { command -v "$1" >/dev/null 2>&1; }
# The newest installed server: Debian keeps each version's programs in a folder of its own.
postgresql_version() {
    local folder newest=0
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        [ -x "$folder/initdb" ] || continue
        local version; version=$("$folder/initdb" --version | sed -E 's/.* ([0-9]+).*/\1/')
        [ "$version" -gt "$newest" ] && newest=$version
    done
    if [ "$newest" = 0 ] && has initdb; then newest=$(initdb --version | sed -E 's/.* ([0-9]+).*/\1/'); fi
    echo "$newest"
}

packages=()
has cc || packages+=(gcc libc6-dev)
# OpenSSL: digests, signatures of others, time stamps.
[ -e /usr/include/openssl/sha.h ] || packages+=(libssl-dev)
has pkg-config || packages+=(pkg-config)
[ "$goal" = conformance ] || [ "$(postgresql_version)" -ge "$postgresql_min" ] || packages+=(postgresql)
if [ "$goal" = test ]; then
    has chromium || has chromium-browser || has google-chrome || packages+=(chromium chromium-l10n)
    # Its own words in French, for the pictures of the guide: Debian's keeps languages apart.
    [ ! -d /usr/lib/chromium/locales ] || [ -e /usr/lib/chromium/locales/fr.pak ] || packages+=(chromium-l10n)
    has chromedriver || packages+=(chromium-driver)
    # Judges our replies by the official schemas, where the corpus is.
    has xmllint || packages+=(libxml2-utils)
    # The tests run one of their own, with a signature of their own: Debian's service need not run.
    [ -x /usr/sbin/clamd ] || has clamd || packages+=(clamav-daemon)
    # Computes the workbook of the shared bill again.
    has soffice || packages+=(libreoffice-calc-nogui)
    # An identity provider, npm's oidc-provider, by which people log in.
    # Calls the machine door with a certificate.
    has curl || packages+=(curl)
    has node || packages+=(nodejs)
    has npm || packages+=(npm)
fi
# A public validator of OCFL, PyPI's ocfl-py, in a Python of its own.
validators=${CARGO_TARGET_DIR:-target}/ocfl-python
if [ "$goal" = test ] || [ "$goal" = validators ]; then
    has python3 || packages+=(python3)
    [ -x "$validators/bin/python" ] || python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
fi
if [ "$goal" = bench ]; then
    # The reference, and what makes the large messages.
    has xmllint || packages+=(libxml2-utils)
    has python3 || packages+=(python3)
fi
# PRONOM's signature files, as PyPI's opf-fido carries them (version 109), and a Python of their own to fetch and compare them.
target=${CARGO_TARGET_DIR:-target}
pronom=$target/pronom
formats=$target/formats-python
wants_pronom=no
case "$goal" in
    demo | test | bench) [ -s "$pronom/signatures.xml" ] && [ -s "$pronom/containers.xml" ] || wants_pronom=yes ;;
esac
if [ "$wants_pronom" = yes ] || [ "$goal" = bench ]; then
    has python3 || packages+=(python3)
    [ -x "$formats/bin/python" ] || python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
fi
python=$target/conformance-python
# The references: libxml2, Jing, and PyPI's xmlschema in a Python of its own.
if [ "$goal" = conformance ]; then
    has xmllint || packages+=(libxml2-utils)
    has jing || packages+=(jing)
    has python3 || packages+=(python3)
    [ -x "$python/bin/python" ] || python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
fi

if [ ${#packages[@]} -gt 0 ]; then
    as_root=()
    if [ "$(id -u)" != 0 ]; then
        if has sudo && sudo -n true 2>/dev/null; then as_root=(sudo -n); else as_root=(false); fi
    fi
    if ! has apt-get || [ "${as_root[*]-}" = false ]; then
        echo "Il manque : ${packages[*]}. Installez-les (Debian : apt-get install ${packages[*]}), puis relancez." >&2
        exit 2
    fi
    echo "Installation de : ${packages[*]}"
    log=$(mktemp)
    # Packages are talkative: what they say is shown when one fails.
    quietly() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; exit 2; }; }
    install() { quietly apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; }
    quietly apt-get update -qq
    if [[ " ${packages[*]} " == *" postgresql "* ]]; then
        # The program runs its own cluster: Debian's, which would listen and start at boot, is not wanted.
        install postgresql-common
        conf=/etc/postgresql-common/createcluster.conf
        if ! grep -qsE '^ *create_main_cluster *= *false' "$conf"; then
            echo "create_main_cluster = false" | "${as_root[@]}" tee -a "$conf" >/dev/null
        fi
    fi
    install "${packages[@]}"
    rm -f "$log"
    if [ "$goal" != conformance ] && [ "$(postgresql_version)" -lt "$postgresql_min" ]; then
        echo "PostgreSQL $postgresql_min ou plus récent est nécessaire ; cette distribution donne $(postgresql_version)." >&2
        echo "Ajoutez le dépôt apt.postgresql.org (paquet postgresql-common, /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh)." >&2
        exit 2
    fi
fi

if ! has "${CARGO:-cargo}"; then
    echo "Il manque Rust : https://rustup.rs, puis relancez." >&2
    exit 2
fi

if { [ "$goal" = test ] || [ "$goal" = validators ]; } && ! "$validators/bin/python" -c 'import ocfl' 2>/dev/null; then
    echo "Installation de : ocfl-py"
    python3 -m venv "$validators"
    "$validators/bin/python" -m pip install --quiet --disable-pip-version-check 'ocfl-py==2.1.0'
fi

oidc=${CARGO_TARGET_DIR:-target}/oidc-node
if [ "$goal" = test ] && [ ! -s "$oidc/node_modules/oidc-provider/package.json" ]; then
    echo "Installation de : oidc-provider"
    mkdir -p "$oidc"
    npm install --silent --no-audit --no-fund --no-package-lock --prefix "$oidc" 'oidc-provider@8.8.1' >/dev/null
fi

# A public client of the resumable uploads, npm's tus-js-client.
tus=${CARGO_TARGET_DIR:-target}/tus-node
if [ "$goal" = test ] && [ ! -s "$tus/node_modules/tus-js-client/package.json" ]; then
    echo "Installation de : tus-js-client"
    mkdir -p "$tus"
    npm install --silent --no-audit --no-fund --no-package-lock --prefix "$tus" 'tus-js-client@4.3.1' >/dev/null
fi

# Judges each page as people with disabilities need it, npm's axe-core.
axe=${CARGO_TARGET_DIR:-target}/axe-node
if [ "$goal" = test ] && [ ! -s "$axe/node_modules/axe-core/axe.min.js" ]; then
    echo "Installation de : axe-core"
    mkdir -p "$axe"
    npm install --silent --no-audit --no-fund --no-package-lock --prefix "$axe" 'axe-core@4.14.1' >/dev/null
fi

# Tries the API from its document, PyPI's schemathesis, in a Python of its own.
tries=$target/schemathesis-python
if [ "$goal" = test ] && [ ! -x "$tries/bin/schemathesis" ]; then
    echo "Installation de : schemathesis"
    python3 -m venv "$tries"
    "$tries/bin/python" -m pip install --quiet --disable-pip-version-check 'schemathesis==4.32.5'
fi

if [ "$goal" = validators ] && [ ! -x "${CARGO_TARGET_DIR:-target}/validators/bin/rocfl" ]; then
    echo "Installation de : rocfl"
    "${CARGO:-cargo}" install rocfl --version 1.7.0 --no-default-features --locked --quiet \
        --root "${CARGO_TARGET_DIR:-target}/validators" --target-dir "${CARGO_TARGET_DIR:-target}/validators-build"
fi

if [ "$goal" = conformance ] && ! "$python/bin/python" -c 'import xmlschema' 2>/dev/null; then
    echo "Installation de : xmlschema"
    python3 -m venv "$python"
    "$python/bin/python" -m pip install --quiet --disable-pip-version-check 'xmlschema==4.3.2'
fi

if [ "$wants_pronom" = yes ]; then
    echo "Installation de : signatures PRONOM 109 (opf-fido)"
    take_out='
import sys, zipfile
wheel, folder = sys.argv[1:]
for name, inside in {"signatures": "DROID_SignatureFile-v109", "containers": "container-signature-20200121"}.items():
    with open(f"{folder}/{name}.xml", "wb") as out:
        out.write(zipfile.ZipFile(wheel).read(f"fido/conf/{inside}.xml"))
'
    fetch() {
        { [ -x "$formats/bin/python" ] || python3 -m venv "$formats"; } &&
            rm -rf "$pronom/new" && mkdir -p "$pronom/new" &&
            "$formats/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
                --dest "$pronom/new" 'opf-fido==1.6.1' &&
            "$formats/bin/python" -c "$take_out" "$pronom"/new/opf_fido-*.whl "$pronom/new" &&
            (cd "$pronom/new" && sha256sum --quiet --check -) <<<"$sums" &&
            mv "$pronom/new/signatures.xml" "$pronom/new/containers.xml" "$pronom/" && rm -rf "$pronom/new"
    }
    sums='2dfa8f13d035b4e6731181de3f7b48129f7c66fcae8a21742e265cbb6386d046  signatures.xml
3a51da3fcb46f3d9510ac6864b3750bee3946ade687c7e4bd1a0c36895d37452  containers.xml'
    # The demonstration goes on without: a small table of ours serves then.
    if ! fetch; then
        [ "$goal" = demo ] || exit 2
        echo "Les signatures PRONOM n'ont pas pu être installées : la table intégrée servira." >&2
    fi
fi

if [ "$goal" = bench ] && ! "$formats/bin/python" -c 'import pygfried, fido' 2>/dev/null; then
    echo "Installation de : pygfried, opf-fido"
    "$formats/bin/python" -m pip install --quiet --disable-pip-version-check 'pygfried==2.2.0' 'opf-fido==1.6.1'
fi
