// What a test leaves behind is undone in the opposite order of its making, even when it failed.

const works = new WeakMap();

export function atEnd(t, work) {
  const before = works.get(t);
  if (before) return void before.push(work);
  const list = [work];
  works.set(t, list);
  t.after(async () => {
    const failures = [];
    for (const undo of list.reverse()) {
      try {
        await undo();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'cleaning up after the test');
  });
}
