// What a browser keeps under `localStorage`, in memory; `forbidden` makes it refuse everything, as a full one does.

export function storage() {
  const methods = {
    forbidden: false,
    getItem(name) {
      if (methods.forbidden) throw new Error("forbidden");
      return this[name] ?? null;
    },
    setItem(name, value) {
      if (methods.forbidden) throw new Error("full");
      this[name] = String(value);
    },
    removeItem(name) {
      if (methods.forbidden) throw new Error("forbidden");
      delete this[name];
    },
  };
  return Object.create(methods, { forbid: { value: () => { methods.forbidden = true; } } });
}
