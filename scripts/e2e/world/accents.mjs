// Vendors that speak a dialect with an accent: Google's code assist, the Codex backend, GitHub Copilot, Kiro.

/** By accent: its dialect, where it is asked, and what such a request looks like from outside. */
export const accents = {
  code_assist: { dialect: 'gemini', path: '/v1internal:{action}', called: /v1internal:(streamG|g)enerateContent/ },
  antigravity: { dialect: 'gemini', path: '/v1internal:{action}', called: /v1internal:(streamG|g)enerateContent/ },
  codex: { dialect: 'responses', path: '/backend-api/codex/responses', called: /codex\/responses$/ },
  copilot: { dialect: 'chat', path: '/copilot/chat/completions', called: /copilot\/chat\/completions$/ },
  kiro: { dialect: 'messages', path: '/generateAssistantResponse', called: /generateAssistantResponse$/ },
};

/** The endpoint of a vendor file with that accent. */
export const endpointsOf = (accent) => `
[[endpoints]]
dialect = "${accents[accent].dialect}"
accent = "${accent}"
url = "{base}${accents[accent].path}"
auth = "bearer"
`;
