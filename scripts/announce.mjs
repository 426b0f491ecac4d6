// Writes what the updater reads: the version, what is new in it, and where each system's package lies with its
// signature.
//
//   node scripts/announce.mjs FOLDER NOTES >latest.json
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [folder, notes] = process.argv.slice(2);
const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_REF_NAME } = process.env;
const place = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/releases/download/${GITHUB_REF_NAME}`;

/** The updater's name for what a package runs on, by how the package is called. */
function target(name) {
  const arm = /aarch64|arm64/.test(name);
  const processor = arm ? "aarch64" : "x86_64";
  if (name.endsWith(".AppImage")) return `linux-${processor}`;
  if (name.endsWith(".app.tar.gz")) return `darwin-${processor}`;
  if (name.endsWith(".exe")) return `windows-${processor}-nsis`;
  if (name.endsWith(".msi")) return `windows-${processor}-msi`;
  return null;
}

const platforms = {};
for (const signed of readdirSync(folder).filter((name) => name.endsWith(".sig"))) {
  const name = signed.slice(0, -".sig".length);
  const key = target(name);
  if (key === null) continue;
  if (platforms[key]) throw new Error(`two packages are for ${key}: ${name}`);
  const signature = readFileSync(join(folder, signed), "utf8").trim();
  platforms[key] = { signature, url: `${place}/${encodeURIComponent(name)}` };
}
if (Object.keys(platforms).length === 0) throw new Error("no package is signed");
const version = GITHUB_REF_NAME.replace(/^v/, "");
const announced = { version, notes: readFileSync(notes, "utf8").trim(), pub_date: new Date().toISOString(), platforms };
process.stdout.write(`${JSON.stringify(announced, null, 2)}\n`);
