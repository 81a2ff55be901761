-- Orthanc runs this when it starts, after its plugins. Where the gate signs people in, Orthanc itself asks nobody for a
-- password; an Orthanc that lost its Python plugin would start all the same and serve everybody. So the gate leaves the
-- number of this process in its environment when it stands, and without it the start ends here (docs/decisions/0121).
-- Where there is no /proc to compare the number with, that something was left must do.
local file = io.open("/proc/self/stat", "r")
local process = file and string.format("%d", file:read("*n"))
if file then file:close() end
local left = os.getenv("AOA_GATE_STANDS")
if not left or (process and left ~= process) then
  error("The gate does not stand, so Orthanc does not start. Are \"Plugins\" and \"PythonScript\" as `aoa up` wrote them, and is the Python plugin installed?")
end
