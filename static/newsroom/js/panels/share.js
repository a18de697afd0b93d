// A review link is copied by a button, where the device can. Without it the address is there to be selected.

for (const line of document.querySelectorAll("[data-copy]")) {
  const [field, button, status] = [line.querySelector("input"), line.querySelector("button"), line.querySelector("output")];
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = line.dataset.done;
    } catch {
      field.select();
      status.textContent = line.dataset.failed;
    }
  });
}
