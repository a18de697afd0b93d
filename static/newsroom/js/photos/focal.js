// The focal point by a click on the picture. The two number fields stay the truth, and work without this.

const stage = document.querySelector("#focal");
const across = document.querySelector("#id_focal_x");
const down = document.querySelector("#id_focal_y");
const SVG = "http://www.w3.org/2000/svg";

if (stage && across && down) {
  const layer = document.createElementNS(SVG, "svg");
  const mark = document.createElementNS(SVG, "circle");
  layer.setAttribute("aria-hidden", "true");
  mark.setAttribute("r", "14");
  layer.append(mark);
  stage.append(layer);
  stage.classList.add("aims");

  const show = () => {
    mark.setAttribute("cx", `${Number(across.value) * 100}%`);
    mark.setAttribute("cy", `${Number(down.value) * 100}%`);
  };
  const share = (distance, length) => Math.min(1, Math.max(0, distance / length)).toFixed(2);

  stage.addEventListener("click", (event) => {
    const box = stage.getBoundingClientRect();
    across.value = share(event.clientX - box.left, box.width);
    down.value = share(event.clientY - box.top, box.height);
    show();
  });
  for (const field of [across, down]) field.addEventListener("input", show);
  show();
}
