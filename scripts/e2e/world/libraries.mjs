// The vendors' own client libraries, each doing the same five things in its own words.
//
// A library is `{ name, ask, stream, useTool, shape, see, count? }`; each takes what `connect` made of
// the world's address and key. What they return is plain: texts, numbers, objects.

import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { jsonSchemaOutputFormat } from '@anthropic-ai/sdk/helpers/json-schema';
import { GoogleGenAI } from '@google/genai';
import { Ollama } from 'ollama';
import OpenAI from 'openai';

import { PIXEL, QUESTION, SCHEMA, SYSTEM } from './facts.mjs';

const TOOL = {
  name: 'bash',
  description: 'Runs a shell command.',
  schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};

const openai = {
  connect: ({ address, key }) => new OpenAI({ baseURL: `${address}/v1`, apiKey: key, maxRetries: 0 }),
};

const chat = {
  ...openai,
  name: 'openai (Chat)',
  dialect: 'chat',
  async ask(client, model) {
    const reply = await client.chat.completions.create({
      model,
      max_completion_tokens: 2000,
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: QUESTION },
      ],
    });
    const [choice] = reply.choices;
    assertStop(choice.finish_reason, 'stop');
    return { text: choice.message.content, ...openaiUsage(reply.usage) };
  },
  async stream(client, model) {
    const deltas = [];
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: 'user', content: QUESTION }],
      stream_options: { include_usage: true },
    });
    stream.on('content', (delta) => deltas.push(delta));
    const reply = await stream.finalChatCompletion();
    assertStop(reply.choices[0].finish_reason, 'stop');
    return { deltas, text: reply.choices[0].message.content, ...openaiUsage(reply.usage) };
  },
  async useTool(client, model, run) {
    const runner = client.chat.completions.runTools({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'Run it.' }],
      tools: [
        {
          type: 'function',
          function: {
            name: TOOL.name,
            description: TOOL.description,
            parameters: TOOL.schema,
            parse: JSON.parse,
            function: ({ command }) => run(command),
          },
        },
      ],
    });
    return await runner.finalContent();
  },
  async shape(client, model) {
    const reply = await client.chat.completions.parse({
      model,
      messages: [{ role: 'user', content: 'Which city?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema: SCHEMA } },
    });
    return JSON.parse(reply.choices[0].message.content);
  },
  async see(client, model) {
    const reply = await client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ],
        },
      ],
    });
    return reply.choices[0].message.content;
  },
};

const responses = {
  ...openai,
  name: 'openai (Responses)',
  dialect: 'responses',
  async ask(client, model) {
    const reply = await client.responses.create({
      model,
      max_output_tokens: 2000,
      instructions: SYSTEM,
      input: QUESTION,
    });
    assertStop(reply.status, 'completed');
    return { text: reply.output_text, ...responsesUsage(reply.usage) };
  },
  async stream(client, model) {
    const deltas = [];
    const stream = client.responses.stream({ model, input: QUESTION });
    stream.on('response.output_text.delta', ({ delta }) => deltas.push(delta));
    const reply = await stream.finalResponse();
    assertStop(reply.status, 'completed');
    return { deltas, text: reply.output_text, ...responsesUsage(reply.usage) };
  },
  async useTool(client, model, run) {
    const tools = [{ type: 'function', name: TOOL.name, description: TOOL.description, parameters: TOOL.schema, strict: false }];
    const input = [{ role: 'user', content: 'Run it.' }];
    // A client that keeps its own history, as Codex does, and hands reasoning back sealed.
    const more = { tools, store: false, include: ['reasoning.encrypted_content'] };
    const called = await client.responses.stream({ model, input, ...more }).finalResponse();
    input.push(...called.output);
    for (const call of called.output.filter(({ type }) => type === 'function_call')) {
      const output = run(JSON.parse(call.arguments).command);
      input.push({ type: 'function_call_output', call_id: call.call_id, output });
    }
    return (await client.responses.create({ model, input, ...more })).output_text;
  },
  async shape(client, model) {
    const reply = await client.responses.parse({
      model,
      input: 'Which city?',
      text: { format: { type: 'json_schema', name: 'city', strict: true, schema: SCHEMA } },
    });
    return JSON.parse(reply.output_text);
  },
  async see(client, model) {
    const content = [
      { type: 'input_text', text: 'What is it?' },
      { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}`, detail: 'auto' },
    ];
    return (await client.responses.create({ model, input: [{ role: 'user', content }] })).output_text;
  },
};

const messages = {
  name: '@anthropic-ai/sdk',
  dialect: 'messages',
  connect: ({ address, key }) => new Anthropic({ baseURL: address, apiKey: key, maxRetries: 0 }),
  async ask(client, model) {
    const reply = await client.messages.create({
      model,
      max_tokens: 2000,
      system: SYSTEM,
      messages: [{ role: 'user', content: QUESTION }],
    });
    assertStop(reply.stop_reason, 'end_turn');
    return { text: textOf(reply.content), input: reply.usage.input_tokens, output: reply.usage.output_tokens };
  },
  async stream(client, model) {
    const deltas = [];
    const stream = client.messages.stream({
      model,
      max_tokens: 2000,
      messages: [{ role: 'user', content: QUESTION }],
    });
    stream.on('text', (delta) => deltas.push(delta));
    const reply = await stream.finalMessage();
    assertStop(reply.stop_reason, 'end_turn');
    return { deltas, text: textOf(reply.content), input: reply.usage.input_tokens, output: reply.usage.output_tokens };
  },
  async useTool(client, model, run) {
    const runner = client.beta.messages.toolRunner({
      model,
      max_tokens: 2000,
      stream: true,
      messages: [{ role: 'user', content: 'Run it.' }],
      tools: [
        betaTool({
          name: TOOL.name,
          description: TOOL.description,
          inputSchema: TOOL.schema,
          run: ({ command }) => run(command),
        }),
      ],
    });
    return textOf((await runner.runUntilDone()).content);
  },
  async shape(client, model) {
    const reply = await client.messages.parse({
      model,
      max_tokens: 2000,
      messages: [{ role: 'user', content: 'Which city?' }],
      output_config: { format: jsonSchemaOutputFormat(SCHEMA) },
    });
    return reply.parsed_output;
  },
  async see(client, model) {
    const source = { type: 'base64', media_type: 'image/png', data: PIXEL };
    const content = [
      { type: 'image', source },
      { type: 'text', text: 'What is it?' },
    ];
    const reply = await client.messages.create({ model, max_tokens: 2000, messages: [{ role: 'user', content }] });
    return textOf(reply.content);
  },
  async count(client, model) {
    const counted = await client.messages.countTokens({ model, messages: [{ role: 'user', content: QUESTION }] });
    return counted.input_tokens;
  },
};

const gemini = {
  name: '@google/genai',
  dialect: 'gemini',
  connect: ({ address, key }) => new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: address } }),
  async ask(client, model) {
    const reply = await client.models.generateContent({
      model,
      contents: QUESTION,
      config: { systemInstruction: SYSTEM, maxOutputTokens: 2000 },
    });
    assertStop(reply.candidates[0].finishReason, 'STOP');
    return { text: reply.text, ...geminiUsage(reply.usageMetadata) };
  },
  async stream(client, model) {
    const deltas = [];
    let last;
    for await (const chunk of await client.models.generateContentStream({ model, contents: QUESTION })) {
      if (chunk.text) deltas.push(chunk.text);
      last = chunk;
    }
    assertStop(last.candidates[0].finishReason, 'STOP');
    return { deltas, text: deltas.join(''), ...geminiUsage(last.usageMetadata) };
  },
  async useTool(client, model, run) {
    const session = client.chats.create({
      model,
      config: {
        tools: [
          {
            functionDeclarations: [
              { name: TOOL.name, description: TOOL.description, parametersJsonSchema: TOOL.schema },
            ],
          },
        ],
      },
    });
    const called = await session.sendMessage({ message: 'Run it.' });
    const message = called.functionCalls.map(({ id, name, args }) => ({
      functionResponse: { id, name, response: { output: run(args.command) } },
    }));
    let text = '';
    for await (const chunk of await session.sendMessageStream({ message })) text += chunk.text ?? '';
    return text;
  },
  async shape(client, model) {
    const config = { responseMimeType: 'application/json', responseJsonSchema: SCHEMA };
    const reply = await client.models.generateContent({ model, contents: 'Which city?', config });
    return JSON.parse(reply.text);
  },
  async see(client, model) {
    const contents = [{ inlineData: { mimeType: 'image/png', data: PIXEL } }, { text: 'What is it?' }];
    return (await client.models.generateContent({ model, contents })).text;
  },
  async count(client, model) {
    return (await client.models.countTokens({ model, contents: QUESTION })).totalTokens;
  },
};

const ollama = {
  name: 'ollama',
  dialect: 'ollama',
  connect: ({ address, key }) => new Ollama({ host: address, headers: { authorization: `Bearer ${key}` } }),
  async ask(client, model) {
    const reply = await client.chat({
      model,
      options: { num_predict: 2000 },
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: QUESTION },
      ],
    });
    assertStop(reply.done_reason, 'stop');
    return { text: reply.message.content, input: reply.prompt_eval_count, output: reply.eval_count };
  },
  async stream(client, model) {
    const deltas = [];
    let last;
    for await (const part of await client.chat({ model, stream: true, messages: [{ role: 'user', content: QUESTION }] })) {
      if (part.message.content) deltas.push(part.message.content);
      last = part;
    }
    assertStop(last.done_reason, 'stop');
    return { deltas, text: deltas.join(''), input: last.prompt_eval_count, output: last.eval_count };
  },
  async useTool(client, model, run) {
    const tools = [{ type: 'function', function: { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema } }];
    const history = [{ role: 'user', content: 'Run it.' }];
    const called = await client.chat({ model, messages: history, tools });
    history.push(called.message);
    for (const { function: call } of called.message.tool_calls) {
      history.push({ role: 'tool', tool_name: call.name, content: run(call.arguments.command) });
    }
    return (await client.chat({ model, messages: history, tools })).message.content;
  },
  async shape(client, model) {
    const reply = await client.chat({ model, messages: [{ role: 'user', content: 'Which city?' }], format: SCHEMA });
    return JSON.parse(reply.message.content);
  },
  async see(client, model) {
    const messages = [{ role: 'user', content: 'What is it?', images: [PIXEL] }];
    return (await client.chat({ model, messages })).message.content;
  },
};

export const libraries = [chat, responses, messages, gemini, ollama];

const textOf = (content) =>
  content
    .filter(({ type }) => type === 'text')
    .map(({ text }) => text)
    .join('');

const openaiUsage = (usage) => ({ input: usage.prompt_tokens, output: usage.completion_tokens });
const responsesUsage = (usage) => ({ input: usage.input_tokens, output: usage.output_tokens });
const geminiUsage = (usage) => ({
  input: usage.promptTokenCount,
  output: usage.candidatesTokenCount + (usage.thoughtsTokenCount ?? 0),
});

function assertStop(reason, wanted) {
  if (reason !== wanted) throw new Error(`the answer ended with ${reason}, not with ${wanted}`);
}
