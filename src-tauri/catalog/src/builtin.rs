/// Embeds files of `vendors/` by name.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../vendors/", $name)))),*]
    };
}

/// The files of `vendors/`, each its name and its text; a test finds one that is missing here.
pub(crate) const FILES: &[(&str, &str)] = files![
    "alicode-intl.toml",
    "alicode.toml",
    "anthropic.toml",
    "antigravity.toml",
    "byteplus.toml",
    "cerebras.toml",
    "chutes.toml",
    "claude.toml",
    "cline.toml",
    "codex.toml",
    "deepseek.toml",
    "fireworks.toml",
    "gemini-cli.toml",
    "gemini.toml",
    "github.toml",
    "glm-cn.toml",
    "glm.toml",
    "groq.toml",
    "hyperbolic.toml",
    "iflow.toml",
    "kilocode.toml",
    "kimi-coding.toml",
    "kimi.toml",
    "kiro.toml",
    "minimax-cn.toml",
    "minimax.toml",
    "mistral.toml",
    "moonshot.toml",
    "nebius.toml",
    "nvidia.toml",
    "ollama-local.toml",
    "openai.toml",
    "openrouter.toml",
    "perplexity.toml",
    "qwen.toml",
    "siliconflow.toml",
    "together.toml",
    "volcengine-ark.toml",
    "xai.toml",
    "zai.toml",
];
