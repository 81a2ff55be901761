-- Orthanc runs this when it starts, after its plugins. Where the gate signs people in, Orthanc itself asks nobody for a
-- password; an Orthanc that lost its Python plugin would start all the same and serve everybody. So the gate leaves the
-- number of this process in its environment when it stands, and without it the start ends here (docs/decisions/0121).
local file = io.open("/proc/self/stat", "r")
local process = file and file:read("*n")
if file then file:close() end
if not process or os.getenv("AOA_GATE_STANDS") ~= string.format("%d", process) then
  error("The gate does not stand, so Orthanc does not start. Are \"Plugins\" and \"PythonScript\" as `aoa up` wrote them, and is the Python plugin installed?")
end
