// The coding agents, each with a home and a working folder of its own.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run, temporaryFolder } from './processes.mjs';
import { installedCommand } from './programs.mjs';

/** A task takes seconds; an agent that retries in vain would take minutes. */
const PATIENCE = 120_000;

const prompt = 'Run the command that leaves the marker, then tell me what it printed.';

/** For a test's `skip`: only a missing network excuses a missing agent. */
export const withoutAgents = process.env.NO_AGENTS ? `NOT TESTED: ${process.env.NO_AGENTS}` : false;

function command(name) {
  const path = installedCommand(name);
  if (!path) throw new Error(`${name} is not installed; run: npm test --prefix scripts/e2e`);
  return path;
}

async function rooms(t, name) {
  const home = await temporaryFolder(t, name);
  const cwd = join(home, 'project');
  await mkdir(cwd);
  return { home, cwd };
}

/** Lets Claude Code do the task with a model name. */
export async function claudeCode(t, { address, key }, model) {
  const { home, cwd } = await rooms(t, 'claude');
  const env = {
    ANTHROPIC_BASE_URL: address,
    ANTHROPIC_AUTH_TOKEN: key,
    ANTHROPIC_MODEL: model,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    // Without it the agent refuses to skip its questions where the user is root.
    IS_SANDBOX: '1',
  };
  const args = ['-p', prompt, '--dangerously-skip-permissions'];
  const end = await run(command('claude'), args, { home, cwd, env, within: PATIENCE });
  return { ...end, cwd };
}

/** Lets Codex do the task with a model name. */
export async function codex(t, { address, key }, model) {
  const { home, cwd } = await rooms(t, 'codex');
  await mkdir(join(home, '.codex'));
  await writeFile(
    join(home, '.codex', 'config.toml'),
    `model = "${model}"
model_provider = "switchyard"

[model_providers.switchyard]
name = "Switchyard"
base_url = "${address}/v1"
wire_api = "responses"
experimental_bearer_token = "${key}"
`,
  );
  const args = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', prompt];
  const end = await run(command('codex'), args, { home, cwd, env: {}, within: PATIENCE });
  return { ...end, cwd };
}

/** Lets Gemini CLI do the task with a model name. */
export async function geminiCli(t, { address, key }, model) {
  const { home, cwd } = await rooms(t, 'gemini');
  await mkdir(join(home, '.gemini'));
  const settings = {
    security: { auth: { selectedType: 'gemini-api-key' } },
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
  };
  await writeFile(join(home, '.gemini', 'settings.json'), JSON.stringify(settings));
  const env = { GOOGLE_GEMINI_BASE_URL: address, GEMINI_API_KEY: key, GEMINI_CLI_TRUST_WORKSPACE: 'true' };
  const args = ['-m', model, '-p', prompt, '--yolo', '--skip-trust'];
  const end = await run(command('gemini'), args, { home, cwd, env, within: PATIENCE });
  return { ...end, cwd };
}
