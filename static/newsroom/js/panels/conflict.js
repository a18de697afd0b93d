// Choosing a side puts it in the text to be kept, to be written on; writing there chooses what was written.

for (const field of document.querySelectorAll("[data-clash]")) {
  const out = field.querySelector("textarea");
  if (!out) continue;
  field.addEventListener("change", (event) => {
    if (event.target.dataset.text !== undefined) out.value = event.target.dataset.text;
  });
  const write = () => { field.querySelector('[value="hand"]').checked = true; };
  out.addEventListener("input", write);
  const [chosen] = field.querySelectorAll("input[type=radio]:checked");
  if (out.value !== out.defaultValue && chosen?.defaultChecked) write(); // written before this script was there
}
