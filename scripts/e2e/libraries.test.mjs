// The vendors' own client libraries before a Switchyard: each through a vendor of each dialect.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { withoutAgents } from './world/agents.mjs';
import { PIXEL, QUESTION, SCHEMA, SYSTEM } from './world/facts.mjs';
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

for (const dialect of Object.keys(places)) {
  test(`the client libraries through a vendor that speaks ${dialect}`, options, async (t) => {
    const vendor = { id: 'house', dialect, models: MODELS, tier: 'cheap', script };
    const world = await startWorld(t, { vendors: [vendor], combo: ['house/teller'] });
    for (const model of MODELS) {
      await world.call('PUT', `/api/combos/${model}`, { candidates: [`house/${model}`] });
    }
    /** What the vendor was sent while `work` ran, and what came of it. */
    const watched = async (work) => {
      const from = world.back.length;
      const result = await work;
      return [result, world.back.slice(from).map(({ body }) => JSON.parse(body))];
    };

    for (const library of libraries) {
      const client = library.connect(world);
      const its = places[dialect];

      await t.test(`${library.name} asks and is answered whole`, async () => {
        const [{ text, input, output }, [body]] = await watched(library.ask(client, 'teller'));
        assert.equal(text, ANSWER);
        assert.ok(input > 0 && output > 0, `${input} and ${output} tokens`);
        assert.ok(JSON.stringify(its.system(body)).includes(SYSTEM));
        assert.ok(JSON.stringify(body).includes(QUESTION));
        assert.equal(its.limit(body), 2000);
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
