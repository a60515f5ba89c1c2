cd /tmp/h1; V=/work/main/.venv/bin; export PYTHONPATH=/tmp/h1/src:/tmp/h1 HELIU_DATABASE=h_h1 DJANGO_SETTINGS_MODULE=heliu.config.settings HELIU_DATA=/tmp/h1data
