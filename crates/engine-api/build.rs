//! Makes the messages, client and server of `proto/salescope/engine/v1/engine.proto`. Needs no `protoc`.

use std::error::Error;

const INCLUDE: &str = "../../proto";
const FILE: &str = "salescope/engine/v1/engine.proto";

fn main() -> Result<(), Box<dyn Error>> {
    let files = protox::compile([FILE], [INCLUDE])?;
    tonic_prost_build::configure().btree_map(".").emit_rerun_if_changed(false).compile_fds(files)?;
    println!("cargo:rerun-if-changed={INCLUDE}/{FILE}");
    Ok(())
}
