#!/bin/sh
# What the image is made of, in a folder: `root`, the binary with the libraries it names and the certificates
# that destinations are trusted by; `volume`, what belongs to whoever runs it. The Containerfile runs it, and
# so does the test of the image.
#
#   sh deploy/image.sh target/release/balagh FOLDER
set -eu
binary=$1 root=$2/root volume=$2/volume

mkdir -p "$root/usr/local/bin" "$root/etc/ssl/certs" "$root/etc/balagh" "$volume/data"
cp "$binary" "$root/usr/local/bin/balagh"
ldd "$binary" | grep -o '/[^ )]*' | while read -r library; do
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
done
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
find "$root" -type d -exec chmod 0755 {} +
chmod 0700 "$volume/data"
