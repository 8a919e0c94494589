#!/bin/sh
# Lays out everything that runs: deploy/build-tree.sh TARGET
# The image is this tree and nothing else. Needs Node, npm, python3, make and g++; TARGET must be empty or absent.
set -eu

target=${1:?"usage: deploy/build-tree.sh TARGET"}
source=$(cd "$(dirname "$0")/.." && pwd)

mkdir -p "$target"
target=$(cd "$target" && pwd)
[ -z "$(ls -A "$target")" ] || { echo "$target is not empty" >&2; exit 1; }

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
build=$temporary/recording-crypto-server
mkdir "$build"

# Only what the build reads, so that nothing else of a checkout can slip into the image.
(cd "$source" && tar -cf - package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json \
    scripts/copy-assets.mjs scripts/native.mjs scripts/bundle.mjs scripts/on-demand.mjs scripts/loaded-on-demand.json \
    scripts/console.mjs apps libs) | tar -xf - -C "$build"
cd "$build"

# Native modules are compiled here, against the headers of the Node that runs this script.
prefix=$(dirname "$(dirname "$(node -p 'require("fs").realpathSync(process.execPath)')")")
[ ! -d "$prefix/include/node" ] || export npm_config_nodedir="$prefix"
npm ci --prefer-offline --no-audit --no-fund --loglevel=error
node_modules/.bin/tsc -p tsconfig.build.json
node scripts/copy-assets.mjs
node scripts/native.mjs
node scripts/bundle.mjs
node scripts/console.mjs
npm prune --prefer-offline --omit=dev --no-audit --no-fund --loglevel=error
# What is installed now is the whole truth: with --omit=dev the list would lack packages that development needs as well.
npm pkg delete devDependencies
npm sbom --sbom-format=cyclonedx >"$target/sbom.cdx.json"

# What only compiling needs.
find node_modules -depth \( -path '*/build/Release/obj' -o -path '*/build/Release/obj.target' -o -path '*/build/Release/.deps' \
    -o -path 'node_modules/better-sqlite3/deps' -o -path 'node_modules/.cache' \) -exec rm -rf {} +
# Of the viewer of the API description only what its page loads.
find node_modules/swagger-ui-dist -type f \( -name '*-es-*' -o -name '*-preset.js*' -o -name 'swagger-ui.js' -o -name 'log.*' \) -delete
find node_modules/better-sqlite3/prebuilds -type f ! -name "$(node -p '`${process.platform}-${process.arch}`').node" -delete
find node_modules -type f \( -name '*.c' -o -name '*.cc' -o -name '*.cpp' -o -name '*.h' -o -name '*.gyp' -o -name '*.md' \
    -o -name '*.a' -o -name '*.map' -o -name 'test_extension.node' \) -delete
find dist -type f \( -name '*.tsbuildinfo' -o -name '.recording-crypto-server' \) -delete

mkdir "$target/bin"
cp "$source/deploy/entrypoint.sh" "$target/bin/recording-crypto-server"
cp "$source/LICENSE" "$source/application.yaml" package.json "$target/"
mv dist node_modules "$target/"
chmod 755 "$target/bin/recording-crypto-server"
chmod -R a+rX,a-w "$target"
