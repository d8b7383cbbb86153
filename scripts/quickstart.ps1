# The Windows twin of quickstart.sh: makes .venv, installs vidgait, analyses a sample video.
# Run it with: powershell -ExecutionPolicy Bypass -File scripts\quickstart.ps1
# "Stop" would turn every word that a program writes to stderr into the end of this script; exit codes are checked instead.
$ErrorActionPreference = "Continue"
Set-Location (Join-Path $PSScriptRoot "..")

function Stop-With([string] $Message) {
    Write-Host $Message -ForegroundColor Red
    exit 1
}

function Find-Python {
    foreach ($candidate in @(@("py", "-3.13"), @("py", "-3.12"), @("py", "-3.11"), @("python"))) {
        $command = $candidate[0]
        $arguments = @($candidate | Select-Object -Skip 1)
        if (-not (Get-Command $command -ErrorAction SilentlyContinue)) { continue }
        & $command @arguments -c "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" 2>$null
        if ($LASTEXITCODE -eq 0) { return $candidate }
    }
    Stop-With "vidgait needs Python 3.11, 3.12 or 3.13: install one from python.org and run this again."
}

$python = ".venv\Scripts\python.exe"
Write-Host "1/3 Preparing a Python environment in .venv ..."
if (-not (Test-Path $python)) {
    $found = @(Find-Python)
    $arguments = @($found | Select-Object -Skip 1) + @("-m", "venv", ".venv")
    & $found[0] @arguments
    if ($LASTEXITCODE -ne 0) { Stop-With "No virtual environment could be made in .venv." }
}
Write-Host "2/3 Installing vidgait (a minute the first time) ..."
& $python -m pip install --quiet --disable-pip-version-check --editable .
if ($LASTEXITCODE -ne 0) { Stop-With "pip could not install what vidgait needs. Check the network connection and run this again." }
& $python -c "import cv2" 2>$null
if ($LASTEXITCODE -ne 0) { Stop-With "OpenCV cannot start. On Windows N editions install the Media Feature Pack, then run this again." }
Write-Host "3/3 Analysing sample_videos\squat_side.mp4 ..."
& .venv\Scripts\vidgait.exe analyze sample_videos\squat_side.mp4 --out vidgait_out --overwrite
if ($LASTEXITCODE -ne 0) { exit 1 }
Write-Host ""
Write-Host "Done. Open this report in your browser: $PWD\vidgait_out\squat_side\report.html"
Write-Host "Your own video: .venv\Scripts\vidgait analyze path\to\video.mp4"
