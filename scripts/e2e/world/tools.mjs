// The coding tools as a user has them: a home folder with settings of their own, and how each is run.

import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { run } from './processes.mjs';
import { commandFolders, installedCommand } from './programs.mjs';

/** A task takes seconds; the slowest tool loads for half a minute. */
const PATIENCE = 240_000;

const prompt = 'Run the command that leaves the marker, then tell me what it printed.';

const claudeCode = {
  id: 'claude-code',
  name: 'Claude Code',
  command: 'claude',
  args: ['-p', prompt, '--dangerously-skip-permissions'],
  // Without the latter the agent refuses to skip its questions where the user is root.
  env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', IS_SANDBOX: '1' },
  files: {
    '.claude/settings.json': `{
    "$schema": "https://json.schemastore.org/claude-code-settings.json",
    "permissions": { "allow": ["Bash(ls:*)"], "deny": [] },
    "env": {
        "DEBUG": "0",
        "ANTHROPIC_API_KEY": "sk-ant-mine-0123456789abcdef",
        "ANTHROPIC_MODEL": "claude-opus-4-1"
    },
    "includeCoAuthoredBy": false
}`,
  },
};

const codex = {
  id: 'codex',
  name: 'Codex',
  command: 'codex',
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt],
  files: {
    '.codex/config.toml': `# my own settings
model = "gpt-5.1-codex" # the one I like
model_provider = "mine"

[model_providers.mine]
name = "My gateway"
base_url = "https://gateway.example/v1"
env_key = "MINE_KEY"

[tui]
notifications = true\t# keep
`,
  },
};

const geminiCli = {
  id: 'gemini-cli',
  name: 'Gemini CLI',
  command: 'gemini',
  args: ['-p', prompt, '--yolo', '--skip-trust'],
  env: { GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  files: {
    '.gemini/settings.json': `{
  // signed in with Google until now
  "security": { "auth": { "selectedType": "oauth-personal" } },
  "general": { "enableAutoUpdate": false, "enableAutoUpdateNotification": false },
  "privacy": { "usageStatisticsEnabled": false },
  "telemetry": { "enabled": false },
  "model": { "name": "gemini-2.5-pro", "maxSessionTurns": 50 }
}
`,
    '.gemini/.env': `# my variables
export OTHER='1'
GEMINI_API_KEY="AIza-mine" # the old one
`,
  },
};

const openCode = {
  id: 'opencode',
  name: 'OpenCode',
  command: 'opencode',
  args: ['run', prompt],
  env: { OPENCODE_DISABLE_AUTOUPDATE: '1' },
  files: {
    '.config/opencode/opencode.jsonc': `{
  "$schema": "https://opencode.ai/config.json",
  // my theme and my model
  "model": "anthropic/claude-sonnet-4-5",
  "provider": {
    "anthropic": { "options": { "timeout": 600000, }, },
  },
  "permission": { "bash": "allow" },
  "autoupdate": false, /* never */
}
`,
  },
};

const qwenCode = {
  id: 'qwen-code',
  name: 'Qwen Code',
  command: 'qwen',
  args: ['-p', prompt, '--yolo'],
  files: {
    '.qwen/settings.json': `{
  // mine
  "ui": {
    "theme": "Qwen Dark"
  },
  "privacy": {
    "usageStatisticsEnabled": false
  },
  "modelProviders": {
    "openai": [
      {
        "id": "qwen3-coder-plus",
        "name": "Mine",
        "envKey": "DASHSCOPE_API_KEY",
        "baseUrl": "https://gateway.example/v1"
      }
    ]
  },
  "$version": 4
}
`,
  },
};

const openClaw = {
  id: 'openclaw',
  name: 'OpenClaw',
  command: 'openclaw',
  args: ['agent', '--local', '--agent', 'main', '--message', prompt],
  files: {
    '.openclaw/openclaw.json': `// hand-written
{
  agents: {
    defaults: {
      model: { primary: 'anthropic/claude-opus-4-6', fallbacks: ['openai/gpt-5.2'] },
      workspace: '~/project', // where I work
      skipBootstrap: true,
    },
  },
  tools: { profile: 'coding', },
}
`,
  },
};

export const tools = [claudeCode, codex, geminiCli, openCode, qwenCode, openClaw];

/** Puts a tool's files into a home folder, with a folder to work in. */
export async function furnish(home, { files }) {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, file)), { recursive: true });
    await writeFile(join(home, file), content);
  }
  const cwd = join(home, 'project');
  await mkdir(cwd);
  return cwd;
}

/** The tool's own settings as they are now, byte for byte. */
export async function settings(home, { files }) {
  const now = {};
  for (const file of Object.keys(files)) now[file] = await readFile(join(home, file), 'utf8');
  return now;
}

/** What stands beside them that a writer could have left. */
export async function leftovers(home, { files }) {
  const folders = new Set(Object.keys(files).map((file) => dirname(join(home, file))));
  const names = [];
  for (const folder of folders) names.push(...(await readdir(folder)));
  return names.filter((name) => /switchyard/i.test(name));
}

/** Where programs are: those of the tools' packages first. */
export const searched = ({ command }) => {
  const own = commandFolders.filter((folder) => installedCommand(command)?.startsWith(folder));
  return [...own, process.env.PATH].join(':');
};

/** Lets the tool do its task with nothing but its own files to go by. */
export async function work(tool, home, cwd) {
  const path = installedCommand(tool.command);
  if (!path) throw new Error(`${tool.command} is not installed; run: npm test --prefix scripts/e2e`);
  const env = { PATH: searched(tool), ...tool.env };
  return { ...(await run(path, tool.args, { home, cwd, env, within: PATIENCE })), cwd };
}
