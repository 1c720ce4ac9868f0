#!/bin/sh
# What the image is made of, in a folder: the binary, the libraries it names, and the certificates that
# destinations are trusted by. The Containerfile runs it, and so does the test of the image.
#
#   sh deploy/image.sh target/release/balagh FOLDER
set -eu
binary=$1 image=$2

mkdir -p "$image/usr/local/bin" "$image/etc/ssl/certs" "$image/etc/balagh" "$image/data"
cp "$binary" "$image/usr/local/bin/balagh"
ldd "$binary" | grep -o '/[^ )]*' | while read -r library; do
  mkdir -p "$image$(dirname "$library")"
  cp -L "$library" "$image$library"
done
cp -L /etc/ssl/certs/ca-certificates.crt "$image/etc/ssl/certs/"
# Whoever runs it is nobody: the volume is theirs, and nothing else.
chmod 0755 "$image" "$image/usr" "$image/usr/local" "$image/usr/local/bin" "$image/etc" "$image/etc/balagh"
chmod 0700 "$image/data"
