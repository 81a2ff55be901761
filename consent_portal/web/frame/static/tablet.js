// The place for the signature. Without this file the patient writes the name instead.
(() => {
  "use strict";
  document.documentElement.classList.add("has-script");
  const pad = document.getElementById("signature-pad");
  if (!pad) return;
  const pen = pad.getContext("2d");
  const field = document.getElementById("signature");
  let drawing = false;

  const clear = () => {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, pad.width, pad.height);
    pen.strokeStyle = "#17211f";
    pen.lineWidth = 4;
    pen.lineCap = "round";
    field.value = "";
  };
  const place = (event) => {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) * pad.width / box.width, (event.clientY - box.top) * pad.height / box.height];
  };

  pad.addEventListener("pointerdown", (event) => {
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...place(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    pen.lineTo(...place(event));
    pen.stroke();
  });
  const lift = () => {
    if (!drawing) return;
    drawing = false;
    field.value = pad.toDataURL("image/png");
  };
  pad.addEventListener("pointerup", lift);
  pad.addEventListener("pointercancel", lift);
  document.getElementById("signature-clear").addEventListener("click", clear);
  clear();
})();
