//! Draws the icons from their sources and runs Tauri's own build step.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use tauri_build::{AppManifest, Attributes};

/// The program's icons: name and width in pixels.
const ICONS: [(&str, u32); 4] =
    [("32x32.png", 32), ("128x128.png", 128), ("128x128@2x.png", 256), ("icon.png", 512)];
/// The widths in the icon file of Windows.
const ICO_WIDTHS: [u32; 5] = [16, 24, 32, 48, 256];
/// The tray's icons, one for each state.
const TRAY_ICONS: [&str; 5] = ["tray", "tray-busy", "tray-low", "tray-spent", "tray-stopped"];
/// Sharp on screens of twice the density, and small enough that a tray need not shrink it much.
const TRAY_WIDTH: u32 = 32;
/// The commands that the window may call; each needs a permission in `capabilities/`.
const COMMANDS: &[&str] = &[
    "session",
    "page_ready",
    "test_notification",
    "autostart",
    "set_autostart",
    "tool_status",
    "plan_tool",
    "apply_tool",
    "plan_tool_revert",
    "revert_tool",
    "launch_tool",
    "update",
    "look_for_update",
    "install_update",
];
/// Stands where the dashboard was not built.
const NOT_BUILT: &str = "<!doctype html><title>Switchyard</title>\
     <p>The dashboard is not in this build: run <code>cargo run -p xtask -- dashboard</code>.</p>";

fn main() -> Result<()> {
    let icons = Path::new("icons");
    draw_program_icons(icons)?;
    draw_tray_icons(icons)?;
    keep_up_with_dashboard(Path::new("ui/dist"))?;
    tauri_build::try_build(Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS)))
}

/// Tauri's macros want these beside the manifest. They are made here, so that a fresh clone
/// compiles without any step before.
fn draw_program_icons(icons: &Path) -> Result<()> {
    let sign = read(&icons.join("switchyard.svg"))?;
    for (name, width) in ICONS {
        write_if_changed(&icons.join(name), &draw(&sign, width)?.encode_png()?)?;
    }
    let mut directory = ico::IconDir::new(ico::ResourceType::Icon);
    for width in ICO_WIDTHS {
        let pixels = draw(&sign, width)?.take_demultiplied();
        let image = ico::IconImage::from_rgba_data(width, width, pixels);
        directory.add_entry(ico::IconDirEntry::encode(&image)?);
    }
    let mut bytes = Vec::new();
    directory.write(&mut bytes)?;
    write_if_changed(&icons.join("icon.ico"), &bytes)
}

fn draw_tray_icons(icons: &Path) -> Result<()> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    for name in TRAY_ICONS {
        let sign = read(&icons.join(name).with_extension("svg"))?;
        draw(&sign, TRAY_WIDTH)?.save_png(out.join(name).with_extension("png"))?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Tree> {
    println!("cargo:rerun-if-changed={}", path.display());
    let source = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    Tree::from_data(&source, &Options::default())
        .with_context(|| format!("{} is not a drawing", path.display()))
}

fn draw(tree: &Tree, width: u32) -> Result<Pixmap> {
    let mut pixmap = Pixmap::new(width, width).context("an icon has a size")?;
    #[expect(clippy::cast_precision_loss, reason = "an icon is at most 512 pixels wide")]
    let scale = width as f32 / tree.size().width();
    resvg::render(tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    Ok(pixmap)
}

/// An unchanged file keeps its time, so that nothing is rebuilt for it.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// The dashboard is built into the program. Without one, the program still compiles, for its tests.
fn keep_up_with_dashboard(dist: &Path) -> Result<()> {
    println!("cargo:rerun-if-changed={}", dist.display());
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist).with_context(|| format!("creating {}", dist.display()))?;
        fs::write(dist.join("index.html"), NOT_BUILT).context("writing a page")?;
    }
    Ok(())
}
