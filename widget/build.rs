//! Asks the linker to leave its relocations in the wasm: `cargo xtask build` cuts the module into
//! parts by them (`xtask/src/build/split`), and they do not travel. And for a stack of half a megabyte
//! instead of one: what lies behind it has addresses of a byte less then, and there are thousands.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
        println!("cargo::rustc-link-arg-cdylib=-zstack-size=524288");
    }
}
