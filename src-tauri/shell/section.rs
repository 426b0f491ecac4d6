use switchyard_engine::tray::Choice;
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::{AppHandle, Wry};

/// A run of lines in the tray's menu that comes and goes, ruled off below while there is any. Its lines are
/// changed in place: an open menu would close if it were replaced.
pub(crate) struct Section {
    /// What a click on any of its lines means.
    choice: Choice,
    lines: Vec<(MenuItem<Wry>, String)>,
    rule: Option<PredefinedMenuItem<Wry>>,
}

impl Section {
    pub(crate) fn new(choice: Choice) -> Self {
        Self { choice, lines: Vec::new(), rule: None }
    }

    /// How many places of the menu it takes.
    pub(crate) fn places(&self) -> usize {
        self.lines.len() + usize::from(self.rule.is_some())
    }

    /// Says these lines; the section begins at this place of the menu.
    pub(crate) fn draw(
        &mut self,
        app: &AppHandle,
        menu: &Menu<Wry>,
        first: usize,
        texts: &[String],
    ) -> tauri::Result<()> {
        for ((line, said), text) in self.lines.iter_mut().zip(texts) {
            if said != text {
                line.set_text(text)?;
                said.clone_from(text);
            }
        }
        while self.lines.len() > texts.len() {
            if let Some((line, _)) = self.lines.pop() {
                menu.remove(&line)?;
            }
        }
        for (place, text) in texts.iter().enumerate().skip(self.lines.len()) {
            let line = MenuItem::with_id(app, self.choice.id(), text, true, None::<&str>)?;
            menu.insert(&line, first + place)?;
            self.lines.push((line, text.clone()));
        }
        match (self.rule.take(), texts.is_empty()) {
            (Some(rule), true) => menu.remove(&rule)?,
            (None, false) => {
                let rule = PredefinedMenuItem::separator(app)?;
                menu.insert(&rule, first + texts.len())?;
                self.rule = Some(rule);
            }
            (rule, _) => self.rule = rule,
        }
        Ok(())
    }
}
