// The vendors' own client libraries before a Switchyard: each through a vendor of each dialect, and of each accent.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { accents, endpointsOf } from './world/accents.mjs';
import { withoutAgents } from './world/agents.mjs';
import { PIXEL, QUESTION, SCHEMA, SYSTEM } from './world/facts.mjs';
import { until } from './world/processes.mjs';
import { startWorld, vendorKey } from './world/switchyard.mjs';

const options = { skip: withoutAgents, timeout: 120_000 };
const ANSWER = 'In Köln you say „Tach, Jung!“ 🌍, and mean it kindly.';
const CITY = { city: 'Hà Nội', population: 8_435_700 };
const MODELS = ['teller', 'caller', 'shaper', 'seer'];

/** Where each dialect has the system's words, the limit and the schema. */
const places = {
  chat: {
    system: ({ messages }) => messages[0].content,
    limit: (body) => body.max_completion_tokens ?? body.max_tokens,
    schema: (body) => body.response_format.json_schema.schema,
  },
  responses: {
    system: (body) => body.instructions ?? body.input[0].content,
    limit: (body) => body.max_output_tokens,
    schema: (body) => body.text.format.schema,
  },
  messages: {
    system: ({ system }) => system,
    limit: (body) => body.max_tokens,
    // Not every vendor of this dialect has a field for it; then it is asked for in words.
    schema: ({ output_config, system }) => output_config?.format.schema ?? JSON.parse(system.at(-1).text.split('\n')[1]),
  },
  gemini: {
    system: (body) => body.systemInstruction.parts,
    limit: ({ generationConfig }) => generationConfig.maxOutputTokens,
    schema: ({ generationConfig }) => generationConfig.responseJsonSchema ?? generationConfig.responseSchema,
  },
  ollama: {
    system: ({ messages }) => messages[0].content,
    limit: (body) => body.options.num_predict,
    schema: (body) => body.format,
  },
};

/** What of it Google's envelope holds: all of the request inside. */
const enveloped = Object.fromEntries(
  Object.entries(places.gemini).map(([name, place]) => [name, (body) => place(body.request)]),
);
/** The vendors with an accent, where they differ from their dialect; what one has no place for is named as lost. */
const accented = {
  code_assist: enveloped,
  antigravity: enveloped,
  codex: { ...places.responses, limit: null },
  copilot: places.chat,
  kiro: {
    // Kiro knows turns only: what leads the conversation stands at the head of the first.
    system: ({ conversationState: { history = [], currentMessage } }) => [...history, currentMessage][0],
    limit: null,
    schema: null,
  },
};

const kinds = [
  ...Object.entries(places).map(([dialect, its]) => ({ title: `speaks ${dialect}`, dialect, its })),
  ...Object.entries(accents).map(([accent, { dialect, called }]) => ({
    title: `has the accent of ${accent}`,
    dialect,
    its: accented[accent],
    called,
    endpoints: endpointsOf(accent),
  })),
];

const turns = `
[[VENDOR.turn]]
model = "teller"
thinking = "A greeting, then."
signature = "c2lnbmF0dXJlLW9mLXRoaXMtdmVuZG9y"
text = "${ANSWER}"
[[VENDOR.turn]]
model = "shaper"
text = '${JSON.stringify(CITY)}'
[[VENDOR.turn]]
model = "seer"
text = "A red dot."
[VENDOR.agent]
command = "echo switchback"
done = "It said: {result}"`;

const script = `
[VENDOR]
models = ${JSON.stringify(MODELS)}
keys = ["${vendorKey('house')}"]
chunk_chars = 9
${turns}`;

const libraries = withoutAgents ? [] : (await import('./world/libraries.mjs')).libraries;

test('the client libraries are there', options, () => assert.equal(libraries.length, 5));

test('every accent is tried', () => assert.deepEqual(Object.keys(accented), Object.keys(accents)));

for (const { title, dialect, its, called, endpoints } of kinds) {
  test(`the client libraries through a vendor that ${title}`, options, async (t) => {
    const vendor = { id: 'house', dialect, model: MODELS[0], models: MODELS, tier: 'cheap', script, endpoints };
    const world = await startWorld(t, { vendors: [vendor], combo: ['house/teller'] });
    for (const model of MODELS) {
      await world.call('PUT', `/api/combos/${model}`, { candidates: [`house/${model}`] });
    }
    /** What the vendor was sent while `work` ran, and what came of it. */
    const watched = async (work) => {
      const from = world.back.length;
      const result = await work;
      const asked = world.back.slice(from).filter(({ method }) => method === 'POST');
      const answering = asked.filter(({ path }) => !path.includes(':countTokens'));
      for (const { path } of called ? answering : []) assert.match(path.split('?')[0], called);
      return [result, asked.map(({ body }) => JSON.parse(body))];
    };
    /** Waits until the newest request says that it lost this on its way. */
    const lost = (what) =>
      until(`a loss of ${what}`, 10_000, async () => {
        const { requests } = await world.call('GET', '/api/requests?limit=1');
        return requests[0]?.losses.some((loss) => what.test(loss));
      });

    for (const library of libraries) {
      const client = library.connect(world);
      await t.test(`${library.name} asks and is answered whole`, async () => {
        const [{ text, input, output }, [body]] = await watched(library.ask(client, 'teller'));
        assert.equal(text, ANSWER);
        assert.ok(input > 0 && output > 0, `${input} and ${output} tokens`);
        assert.ok(JSON.stringify(its.system(body)).includes(SYSTEM));
        assert.ok(JSON.stringify(body).includes(QUESTION));
        if (its.limit) assert.equal(its.limit(body), 2000);
        else await lost(/^max_(output_)?tokens:/);
      });

      await t.test(`${library.name} reads a stream`, async () => {
        const [{ deltas, text, input, output }] = await watched(library.stream(client, 'teller'));
        assert.equal(text, ANSWER);
        assert.equal(deltas.join(''), ANSWER);
        assert.ok(deltas.length > 2, `${deltas.length} deltas`);
        assert.ok(input > 0 && output > 0, `${input} and ${output} tokens`);
      });

      await t.test(`${library.name} runs a tool and returns its result`, async () => {
        const ran = [];
        const run = (command) => {
          ran.push(command);
          return 'switchback';
        };
        const [text, bodies] = await watched(library.useTool(client, 'caller', run));
        assert.deepEqual(ran, ['echo switchback']);
        assert.equal(text, 'It said: switchback');
        assert.equal(bodies.length, 2);
      });

      await t.test(`${library.name} gets an answer in the form it asked for`, async () => {
        const [city, [body]] = await watched(library.shape(client, 'shaper'));
        assert.deepEqual(city, CITY);
        if (!its.schema) return await lost(/^response_format:/);
        const schema = its.schema(body);
        assert.deepEqual(Object.keys(schema.properties), Object.keys(SCHEMA.properties));
        assert.deepEqual(schema.required, SCHEMA.required);
      });

      await t.test(`${library.name} shows a picture`, async () => {
        const [text, [body]] = await watched(library.see(client, 'seer'));
        assert.equal(text, 'A red dot.');
        assert.ok(JSON.stringify(body).includes(PIXEL), 'the bytes of the picture arrive');
      });

      if (library.count) {
        await t.test(`${library.name} counts tokens`, async () => {
          const [count] = await watched(library.count(client, 'teller'));
          assert.ok(count > 0 && count < 100, `${count} tokens`);
        });
      }
    }

    // Anthropic's library lets the vendor hold the conversation where it can; told that this one does not, it
    // sends it whole. Nothing else may fail.
    const refused = world.front.filter(({ status }) => status !== 200);
    for (const { status, body } of refused) {
      assert.equal(status, 404);
      assert.equal(JSON.parse(body).thread.type, 'continue');
    }
  });
}
